import Glibc
import HTTP
import HTTPTypes
import Logging
import Synchronization
import Testing
import Threads

@testable import FastCGI

struct RequestTests {
  @Test func `a GET is answered with status, headers, body and an id`() throws {
    let counts = try withPool { path in
      let answer = try #require(try ask(path, Record.request("GET", "/caf%C3%A9?a=1%2B1&a=b+c")))
      #expect(answer.status == 200)
      #expect(answer.text == "GET /café [a=1+1&a=b c] ")
      #expect(answer.headers["content-type"] == "text/plain")
      #expect(answer.headers["content-length"] == String(answer.body.count))
      let id = try #require(answer.headers["x-request-id"])
      #expect(id.count == 32 && id.allSatisfy(\.isHexDigit))
    }
    #expect(counts == PoolCounts(answered: 1, refused: 0, clientsGone: 0, broken: 0))
  }

  @Test func `a POST brings its body`() throws {
    try withPool { path in
      let answer = try ask(path, Record.request("POST", "/x", body: Array("hello".utf8)))
      #expect(answer?.text == "POST /x [] hello")
    }
  }

  @Test func `a HEAD gets the length but not the body`() throws {
    try withPool { path in
      let answer = try ask(path, Record.request("HEAD", "/x"))
      #expect(answer?.status == 200)
      #expect(answer?.body == [])
      #expect(answer?.headers["content-length"] == "11")
    }
  }

  @Test func `variables become headers, host, address and security`() throws {
    let seen = Monitor<Request?>(nil)
    let handle: TestHandler = { _, request in
      seen.withLock { $0 = request }
      return .empty(.noContent)
    }
    try withPool(handle: handle) { path in
      let answer = try ask(
        path,
        Record.request(
          "POST", "/", body: [1, 0, 255],
          variables: [
            "HTTPS": ["on"], "CONTENT_TYPE": ["application/json"], "HTTP_ACCEPT_LANGUAGE": ["en"],
            "HTTP_CONTENT_TYPE": ["text/evil"], "HTTP_COOKIE": ["a=b"], "HTTP_X_TWICE": ["1", "2"],
            "HTTP_HOST": ["shop.example:8443"],
          ]))
      #expect(answer?.status == 204)
      #expect(answer?.headers["content-length"] == nil)
    }
    let request = try #require(seen.withLock { $0 })
    #expect(request.isSecure)
    #expect(request.host == "shop.example:8443")
    #expect(request.remoteAddress == "192.0.2.1")
    #expect(request.headers[values: .contentType] == ["application/json"])
    #expect(request.headers[.acceptLanguage] == "en")
    #expect(request.cookies["a"] == "b")
    let twice = try #require(HTTPField.Name("x-twice"))
    #expect(request.headers[values: twice] == ["1", "2"])
    #expect(request.body == [1, 0, 255])
  }

  @Test func `a body of just the limit is taken, one byte more is not`() throws {
    let limit = 64 * 1024
    let counts = try withPool { path in
      let fits = try ask(path, Record.request("POST", "/", body: .init(repeating: 7, count: limit)))
      #expect(fits?.status == 200)
      #expect(fits?.body.suffix(limit) == .init(repeating: 7, count: limit))
      let big = try #require(
        try ask(path, Record.request("POST", "/", body: .init(repeating: 7, count: limit + 1))))
      #expect(big.status == 413)
      #expect(big.text.contains("\"code\":\"PAYLOAD_TOO_LARGE\""))
    }
    #expect(counts.answered == 1)
    #expect(counts.refused == 1)
  }

  @Test(arguments: [
    "3", "5", "x", "-4", "+4", "4 ", "0x4", "4.0", "٤", "18446744073709551620",
    "99999999999999999999999",
  ])
  func `a content length that lies or is no number is refused`(length: String) throws {
    let counts = try withPool { path in
      let request = Record.request("POST", "/", body: Array("four".utf8), contentLength: length)
      let answer = try #require(try ask(path, request))
      #expect(answer.status == 400)
      #expect(answer.text.contains("\"success\":false"))
      #expect(answer.text.contains("\"code\":\"INVALID_REQUEST\""))
      let id = try #require(answer.headers["x-request-id"])
      #expect(answer.text.contains("\"request_id\":\"\(id)\""))
    }
    #expect(counts.answered == 0)
  }

  @Test func `a body without a length is refused`() throws {
    try withPool { path in
      let answer = try ask(path, Record.request("POST", "/", body: [1], contentLength: ""))
      #expect(answer?.status == 400)
    }
  }

  @Test func `a body that breaks off never reaches the handler`() throws {
    let counts = try withPool { path in
      let client = try FastCGIClient(path: path)
      let request = Record.request("POST", "/", body: Array("four".utf8))
      client.send(Array(request.dropLast(10)))
      client.endSending()
      _ = client.answer()
    }
    #expect(counts.answered == 0)
    #expect(counts.refused == 1)
  }

  @Test func `a client that falls silent does not hold a thread for ever`() throws {
    let counts = try withPool(threads: 1, silenceSecondsMax: 1) { path in
      let silent = try FastCGIClient(path: path)
      silent.send(Array(Record.request("POST", "/", body: [1, 2]).dropLast(9)))
      let early = try FastCGIClient(path: path)
      early.send(Record.begin)
      try #expect(ask(path, Record.request())?.status == 200)
    }
    #expect(counts == PoolCounts(answered: 1, refused: 1, clientsGone: 0, broken: 1))
  }

  @Test(arguments: ["REQUEST_METHOD", "REQUEST_URI", "REMOTE_ADDR"])
  func `an essential variable that is missing or comes twice is refused`(name: String) throws {
    try withPool { path in
      try #expect(ask(path, Record.request(variables: [name: []]))?.status == 400)
      try #expect(ask(path, Record.request(variables: [name: ["/", "/"]]))?.status == 400)
    }
  }

  @Test(arguments: [
    ("REQUEST_METHOD", "G ET"), ("REQUEST_METHOD", ""), ("REQUEST_METHOD", "GET\r\nX: y"),
    ("REQUEST_URI", ""), ("REQUEST_URI", "x"), ("REQUEST_URI", "/%"), ("REQUEST_URI", "/%G0"),
    ("REQUEST_URI", "/%00"), ("REQUEST_URI", "/%FF"), ("REQUEST_URI", "/?%ff"),
    ("REMOTE_ADDR", ""), ("HTTP_", "x"), ("HTTP_A B", "x"),
  ])
  func `a variable that makes no sense is refused`(name: String, value: String) throws {
    try withPool { path in
      try #expect(ask(path, Record.request(variables: [name: [value]]))?.status == 400)
    }
  }

  @Test func `a refusal speaks the client's language`() throws {
    try withPool { path in
      let french = try ask(path, Record.request("GET", "x"))
      #expect(french?.text.contains("malformed in fr") == true)
      let english = try ask(
        path, Record.request("GET", "x", variables: ["HTTP_ACCEPT_LANGUAGE": ["en"]]))
      #expect(english?.text.contains("malformed in en") == true)
    }
  }

  @Test func `headers beyond the limit are refused`() throws {
    try withPool { path in
      let large = ["HTTP_X_LARGE": [String(repeating: "x", count: 64 * 1024)]]
      try #expect(ask(path, Record.request(variables: large))?.status == 431)
      let fitting = ["HTTP_X_LARGE": [String(repeating: "x", count: 60 * 1024)]]
      try #expect(ask(path, Record.request(variables: fitting))?.status == 200)
      let huge = ["HTTP_X_HUGE": [String(repeating: "x", count: 1 << 20)]]
      try #expect(ask(path, Record.request(variables: huge)) == nil)
      let many = ["HTTP_X_MANY": [String](repeating: "x", count: 6_000)]
      try #expect(ask(path, Record.request(variables: many))?.status == 431)
      try #expect(ask(path, Record.request())?.status == 200)
    }
  }

  @Test func `what is no FastCGI is dropped, and the next request is answered`() throws {
    let lie: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65]
    let garbage: [[UInt8]] = [
      [], [1], Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
      .init(repeating: 255, count: 100_000),
      Record.begin, Array(Record.begin.dropLast()),
      Record.begin + Record.of(Record.params, lie) + Record.end(Record.params),
      Record.begin + Record.of(Record.params, [200]) + Record.end(Record.params),
      [1, 1, 0, 1, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0],
    ]
    let counts = try withPool { path in
      for bytes in garbage {
        let client = try FastCGIClient(path: path)
        client.send(bytes)
        client.endSending()
        #expect(client.answer() == nil)
      }
      try #expect(ask(path, Record.request())?.status == 200)
    }
    #expect(counts.broken == garbage.count)
    #expect(counts.answered == 1)
  }

  @Test func `a head that arrives in pieces, byte by byte, is put together`() throws {
    try withPool { path in
      let client = try FastCGIClient(path: path)
      for byte in Record.request("POST", "/pieces", body: Array("body".utf8)) {
        client.send([byte])
      }
      #expect(client.answer()?.text == "POST /pieces [] body")
    }
  }

  @Test func `parameters in records with padding and lengths across records are read`() throws {
    let content = [
      ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/padded"), ("REMOTE_ADDR", "192.0.2.1"),
      ("HTTP_LONG", String(repeating: "x", count: 300)),
    ].flatMap { Record.pair($0.0, $0.1) }
    let records = content.flatMap { byte -> [UInt8] in [1, 4, 0, 1, 0, 1, 3, 0, byte, 0, 0, 0] }
    let request =
      Record.begin + records + Record.end(Record.params) + Record.end(Record.stdin)
    try withPool { path in
      try #expect(ask(path, request)?.text == "GET /padded [] ")
    }
  }

  @Test func `random bytes never stop the pool`() throws {
    var seed: UInt64 = 0x5EED
    func next() -> UInt8 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: seed >> 33)
    }
    try withPool { path in
      let whole = Record.request("POST", "/a?b=c", body: Array("body".utf8))
      for _ in 0..<200 {
        var bytes = whole
        for _ in 0..<Int(next() % 6) + 1 { bytes[Int(next()) % bytes.count] = next() }
        let client = try FastCGIClient(path: path)
        client.send(bytes)
        client.endSending()
        _ = client.answer()
      }
      try #expect(ask(path, whole)?.status == 200)
    }
  }

  @Test(arguments: [
    ("REQUEST_ID", "abc-DEF_1.9", true), ("HTTP_X_REQUEST_ID", "12345678", true),
    ("REQUEST_ID", "1234567", false), ("HTTP_X_REQUEST_ID", "12345678\r\nX: y", false),
    ("REQUEST_ID", String(repeating: "a", count: 64), true),
    ("REQUEST_ID", String(repeating: "a", count: 65), false),
  ])
  func `a harmless request id is kept`(name: String, id: String, isKept: Bool) throws {
    try withPool { path in
      let answer = try ask(path, Record.request(variables: [name: [id]]))
      #expect((answer?.headers["x-request-id"] == id) == isKept)
    }
  }

  @Test func `a handler's headers cannot break out of theirs`() throws {
    let status = try #require(HTTPField.Name("Status"))
    let requestID = try #require(HTTPField.Name("X-Request-Id"))
    let handle: TestHandler = { _, request in
      var response = Response.text("body")
      response.headers[.location] = "/a\r\nSet-Cookie: x=y\u{0}"
      response.headers[status] = "500"
      response.headers[.contentLength] = "1"
      response.headers[requestID] = "other"
      return response
    }
    try withPool(handle: handle) { path in
      let answer = try #require(try ask(path, Record.request()))
      #expect(answer.status == 200)
      #expect(answer.headers["location"]?.hasPrefix("/a  Set-Cookie: x=y") == true)
      #expect(answer.headers["set-cookie"] == nil)
      #expect(answer.headers["content-length"] == "4")
      #expect(answer.headers["x-request-id"] != "other")
      #expect(answer.text == "body")
    }
  }

  @Test func `an answer larger than any buffer arrives whole`() throws {
    let size = 3 << 20
    let handle: TestHandler = { _, _ in
      Response(status: .ok, body: .init(repeating: 65, count: size))
    }
    try withPool(handle: handle) { path in
      try #expect(ask(path, Record.request())?.body.count == size)
    }
  }
}
