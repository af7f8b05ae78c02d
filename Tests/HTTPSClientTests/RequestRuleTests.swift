import Kit
import Testing

@testable import HTTPSClient

struct RequestRuleTests {
  @Test(arguments: [
    "http://example.com/", "http://10.0.0.1/", "http://128.0.0.1/", "http://0.0.0.0/",
    "http://127.0.0.1.example.com/", "http://localhost.example.com/",
    "http://127.0.0.1@example.com/",
    "http://localhost:80@example.com/", "http://127.0.0.1\\@example.com/", "http://127.0.0/",
    "http://127.0.0.256/", "http://127.+0.0.1/", "http://127.0.0.1.5/", "http://[::2]/",
    "http://[::1].example.com/", "http://[::1", "http://", "http:///", "http:localhost",
    "HTTP://example.com/", "ftp://127.0.0.1/", "file:///etc/passwd", "//localhost/", "localhost",
    "",
  ])
  func `plain http to another machine is refused`(url: String) {
    let error = makeClient().failure(url)
    #expect(error?.isInvalidRequest == true)
    #expect(error?.mayHaveBeenSent == false)
  }

  @Test(arguments: [
    "https://api.example.com/v1?a=b", "http://127.0.0.1:8080/", "http://127.255.255.254",
    "http://localhost/", "http://localhost:1?x", "http://[::1]", "http://[::1]:8080/",
    "http://[::1]/",
  ])
  func `https and plain http on this machine are allowed`(url: String) {
    let request = ClientRequest(method: .get, url: url, headers: [])
    #expect(request.problem(allowsPlainHTTP: false) == nil)
  }

  @Test(arguments: [
    ("http://10.0.0.1/", true), ("http://example.com/", true), ("https://example.com/", true),
    ("ftp://example.com/", false), ("example.com", false), ("http://example.com/\n", false),
  ])
  func `where plain http is allowed nothing else is`(url: String, isAllowed: Bool) {
    let request = ClientRequest(method: .post, url: url, headers: [])
    #expect((request.problem(allowsPlainHTTP: true) == nil) == isAllowed)
  }

  @Test(arguments: [
    ("X-Name", "value\r\nX-Injected: yes"), ("X-Name", "value\n"), ("X-Name", "\rvalue"),
    ("X-Name\r\nX-Injected", "yes"), ("X-Name", "nul\u{0}"), ("X-Name", "\u{7F}"),
  ])
  func `a header that would become two is refused`(name: String, value: String) throws {
    try LoopbackServer { _ in .answer(.answer()) }.run { server in
      let error = #expect(throws: TransportError.self) {
        try makeClient().get(server.url, headers: [(name, value)])
      }
      #expect(error?.isInvalidRequest == true)
      #expect(error?.description.contains("Injected") == false)
      #expect(server.connectionsAccepted == 0)
    }
  }

  @Test func `an address with a line break is refused`() {
    #expect(makeClient().failure("http://127.0.0.1/\r\nX-Injected: yes")?.isInvalidRequest == true)
  }
}
