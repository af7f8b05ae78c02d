import Kit
import Testing

@testable import HTTPSClient

struct TLSTests {
  @Test func `a self-signed certificate is refused before anything is sent`() throws {
    let server = try TLSServer()
    let error = makeClient().failure(server.url + "?card=4242424242424242")
    #expect(error?.isTLSFailed == true, "\(String(describing: error))")
    #expect(error?.mayHaveBeenSent == false)
    #expect(error?.description.contains("4242") == false)
  }

  @Test func `a certificate of the configured authority is accepted`() throws {
    let server = try TLSServer()
    let client = makeClient { $0.caFile = server.caFile }
    let response = try client.get(server.url)
    #expect(response.status == 200)
    #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
  }

  @Test func `a certificate for another host is refused`() throws {
    let server = try TLSServer(names: "DNS:pay.example")
    let error = makeClient { $0.caFile = server.caFile }.failure(server.url)
    #expect(error?.isTLSFailed == true, "\(String(describing: error))")
  }

  @Test func `TLS 1-2 is spoken and TLS 1-1 is not`() throws {
    let modern = try TLSServer(options: ["-tls1_2"])
    #expect(try makeClient { $0.caFile = modern.caFile }.get(modern.url).status == 200)
    let old = try TLSServer(options: ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
    let error = makeClient { $0.caFile = old.caFile }.failure(old.url)
    #expect(error?.isTLSFailed == true, "\(String(describing: error))")
  }

  @Test func `an authority file that cannot be read is not passed over`() throws {
    let server = try TLSServer()
    let error = makeClient { $0.caFile = "/nonexistent/ca.pem" }.failure(server.url)
    #expect(error?.isTLSFailed == true, "\(String(describing: error))")
    #expect(error?.mayHaveBeenSent == false)
  }

  @Test func `a server that speaks no TLS is refused`() throws {
    try LoopbackServer { _ in .answer(.answer()) }.run { server in
      let error = makeClient { $0.totalTimeoutMilliseconds = 2_000 }
        .failure("https://127.0.0.1:\(server.port)/")
      #expect(error != nil)
      #expect(server.requests.isEmpty)
    }
  }
}
