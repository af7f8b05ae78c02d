import Glibc
import Kit
import Testing

@testable import HTTPSClient

struct TransportFailureTests {
  @Test func `an answer that does not come in time is given up`() throws {
    try LoopbackServer { _ in .hold(.answer()) }.run { server in
      let client = makeClient { $0.totalTimeoutMilliseconds = 150 }
      let error = client.failure(server.url)
      #expect(error == .timedOut)
      #expect(error?.mayHaveBeenSent == true)
      #expect(server.waitForRequests(1))
    }
  }

  @Test(arguments: [
    LoopbackServer.Reaction.reset,
    // Closed without a word.
    .answerAndClose([]),
    // Cut short.
    .answerAndClose(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello".utf8)),
    .answerAndClose(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhe".utf8)),
    // Not HTTP.
    .answerAndClose(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)),
    .answerAndClose(Array("HTTP/1.1 two hundred\r\n\r\n".utf8)),
    .answerAndClose([0, 1, 2, 3, 255, 254, 13, 10, 13, 10]),
    .answerAndClose(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".utf8)),
  ])
  func `a broken answer leaves open whether the request was acted on`(
    reaction: LoopbackServer.Reaction
  ) throws {
    try LoopbackServer { _ in reaction }.run { server in
      let error = makeClient().failure(server.url)
      #expect(error?.isConnectionLost == true, "\(String(describing: error))")
      #expect(error?.mayHaveBeenSent == true)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a port on which nobody listens was sent nothing`() throws {
    let (listener, port) = try listenOnLoopback()
    close(listener)
    let error = makeClient().failure("http://127.0.0.1:\(port)/pay?card=4242424242424242")
    #expect(error?.isConnectionFailed == true)
    #expect(error?.mayHaveBeenSent == false)
    #expect(error?.description.contains("4242") == false)
  }

  @Test(arguments: [LoopbackServer.Reaction.reset, .answerAndClose([])])
  func `a POST without an idempotency key is never sent twice`(reaction: LoopbackServer.Reaction)
    throws
  {
    try LoopbackServer { $0.line.contains("first") ? .answer(.answer()) : reaction }.run {
      server in
      let client = makeClient()
      _ = try client.post(server.url + "/first", [1])
      let error = #expect(throws: TransportError.self) {
        try client.post(server.url + "/second", [2])
      }
      #expect(error?.isConnectionLost == true)
      #expect(server.requests.count == 2)
    }
  }

  @Test(arguments: [LoopbackServer.Reaction.reset, .answerAndClose([])])
  func `a request that is signed for one use is never sent twice`(
    reaction: LoopbackServer.Reaction
  ) throws {
    try LoopbackServer { $0.line.contains("first") ? .answer(.answer()) : reaction }.run {
      server in
      let client = makeClient()
      _ = try client.get(server.url + "/first")
      let error = #expect(throws: TransportError.self) {
        try client.send(
          ClientRequest(
            method: .get, url: server.url + "/second", headers: [], isSignedForOneUse: true))
      }
      #expect(error?.isConnectionLost == true)
      #expect(server.requests.count == 2)
    }
  }

  private static let body = [UInt8](repeating: 0x78, count: 1_001)

  @Test(arguments: [
    [UInt8].answer(body),
    Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + body,
    Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n".utf8) + body
      + Array("\r\n0\r\n\r\n".utf8),
  ])
  func `an answer that is a byte too large is refused however it is framed`(
    answer: [UInt8]
  ) throws {
    try LoopbackServer { _ in .answerAndClose(answer) }.run { (server) throws in
      let strict = makeClient { $0.responseBytesMax = 1_000 }
      #expect(strict.failure(server.url) == .responseTooLarge)
      #expect(TransportError.responseTooLarge.mayHaveBeenSent)
      let wide = makeClient { $0.responseBytesMax = 1_001 }
      #expect(try wide.get(server.url).body == Self.body)
    }
  }

  @Test func `a client goes on after an answer that was too large`() throws {
    let server = try LoopbackServer { request in
      .answer(request.line.contains("big") ? .answer(Self.body) : .answer([1]))
    }
    try server.run { (server) throws in
      let client = makeClient { $0.responseBytesMax = 1_000 }
      #expect(client.failure(server.url + "/big") == .responseTooLarge)
      #expect(try client.get(server.url + "/small").body == [1])
    }
  }
}
