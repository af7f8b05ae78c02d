import Kit
import Testing

@testable import HTTPSClient

struct ExchangeTests {
  @Test func `an answer arrives with its status, headers and body`() throws {
    let answer = [UInt8].answer(
      "402 Payment Required", headers: ["Content-Type: application/json", "X-Empty:"], [0, 255, 7])
    try LoopbackServer { _ in .answer(answer) }.run { server in
      let response = try makeClient().get(server.url + "/v1/charges?limit=3")
      #expect(response.status == 402)
      #expect(response.body == [0, 255, 7])
      #expect(response[header: "content-type"] == "application/json")
      #expect(response[header: "CONTENT-TYPE"] == "application/json")
      #expect(response[header: "X-Empty"] == "")
      #expect(response[header: "X-Other"] == nil)
      #expect(server.requests.map(\.line) == ["GET /v1/charges?limit=3 HTTP/1.1"])
    }
  }

  @Test(arguments: [0, 1, 1_024, 300_000])
  func `a POST carries its headers and every byte of its body`(count: Int) throws {
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    try LoopbackServer { .answer(.answer($0.body)) }.run { server in
      let client = makeClient { $0.userAgent = "CoinPay/test" }
      let headers = [("Idempotency-Key", "k-1"), ("Content-Type", "text/x-test")]
      let response = try client.post(server.url + "/v1", headers: headers, body)
      #expect(response.body == body)
      let request = try #require(server.requests.first)
      #expect(request.line == "POST /v1 HTTP/1.1")
      #expect(request.headers["idempotency-key"] == "k-1")
      #expect(request.headers["content-type"] == "text/x-test")
      #expect(request.headers["content-length"] == String(count))
      #expect(request.headers["user-agent"] == "CoinPay/test")
      #expect(request.headers["expect"] == nil)
    }
  }

  @Test func `nothing of one call is left in the next`() throws {
    try LoopbackServer { .answer(.answer(headers: ["X-Line: \($0.line)"], $0.body)) }.run {
      server in
      let client = makeClient()
      _ = try client.post(server.url + "/first", headers: [("X-Secret", "s")], [1, 2, 3])
      let response = try client.get(server.url + "/second")
      #expect(response.body == [])
      #expect(response[header: "X-Line"] == "GET /second HTTP/1.1")
      #expect(server.requests.last?.headers["x-secret"] == nil)
    }
  }

  @Test func `a connection is used again`() throws {
    try LoopbackServer { _ in .answer(.answer()) }.run { (server) throws in
      let client = makeClient()
      for _ in 0..<5 { #expect(try client.get(server.url).status == 200) }
      #expect(server.requests.count == 5)
      #expect(server.connectionsAccepted == 1)
    }
  }

  @Test func `a POST with an idempotency key uses a connection again`() throws {
    try LoopbackServer { _ in .answer(.answer()) }.run { server in
      let client = makeClient()
      for key in ["a", "b", "c"] {
        _ = try client.post(server.url, headers: [("Idempotency-Key", key)], [1])
      }
      #expect(server.connectionsAccepted == 1)
    }
  }

  @Test(arguments: ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
  func `a redirect is an answer and is not followed`(status: String) throws {
    let answer = [UInt8].answer(status, headers: ["Location: /elsewhere"])
    try LoopbackServer { _ in .answer(answer) }.run { server in
      let response = try makeClient().get(server.url + "/here")
      #expect(response.status == Int(status.prefix(3)))
      #expect(response[header: "Location"] == "/elsewhere")
      #expect(server.requests.map(\.line) == ["GET /here HTTP/1.1"])
    }
  }

  @Test func `an interim answer does not stand for the final one`() throws {
    let interim = Array("HTTP/1.1 103 Early Hints\r\nX-Interim: yes\r\n\r\n".utf8)
    try LoopbackServer { _ in .answer(interim + .answer("201 Created", [9])) }.run { server in
      let response = try makeClient().get(server.url)
      #expect(response.status == 201)
      #expect(response.body == [9])
      #expect(response[header: "X-Interim"] == nil)
    }
  }
}
