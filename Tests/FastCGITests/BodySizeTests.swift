import HTTP
import LogLines
import Logging
import Testing
import Threads

@testable import FastCGI

@Suite struct BodySizeTests {
  private static func post(_ path: String, bytes: Int) -> [UInt8] {
    Record.request("POST", path, body: .init(repeating: 7, count: bytes))
  }

  @Test func `a route that takes more has a bound of its own`() throws {
    try withPool { path in
      try #expect(ask(path, Self.post(largePath, bytes: largeBodyBytesMax))?.status == 200)
      try #expect(ask(path, Self.post(largePath, bytes: largeBodyBytesMax + 1))?.status == 413)
      try #expect(ask(path, Self.post("/other", bytes: 64 * 1024))?.status == 200)
      try #expect(ask(path, Self.post("/other", bytes: 64 * 1024 + 1))?.status == 413)
      let put = Record.request("PUT", largePath, body: .init(repeating: 7, count: 64 * 1024 + 1))
      try #expect(ask(path, put)?.status == 413)
    }
  }

  @Test func `what the web server refused for its size is told by the worker`() throws {
    try withPool { path in
      let refused = Record.request(
        "POST", largePath, contentLength: "300000",
        variables: ["BODY_SIZE_REFUSED": ["1"]])
      try #expect(ask(path, refused)?.status == 413)
      let chunked = Record.request(
        "POST", largePath, variables: ["BODY_SIZE_REFUSED": ["1"]])
      try #expect(ask(path, chunked)?.status == 413)
      let header = Record.request("POST", largePath, variables: ["HTTP_BODY_SIZE_REFUSED": ["1"]])
      try #expect(ask(path, header)?.status == 200)
    }
  }

  @Test func `a refused size has a line with who, where, how much and what would do`() throws {
    let kept = Monitor<[String]>([])
    let logger = Logger(label: "test") { _ in LineKeeper(lines: kept) }
    try withPool(logger: logger) { path in
      for _ in 1...(LineBudget.linesPerWindowMax + 20) {
        _ = try ask(path, Self.post("/other", bytes: 64 * 1024 + 1))
      }
    }
    let lines = kept.withLock { $0 }.filter { $0.contains("refused for the size") }
    #expect(lines.count == LineBudget.linesPerWindowMax)
    let first = try #require(lines.first)
    for part in [
      "warning", "address=192.0.2.1", "path=/other", "body_bytes=65537", "bytes_max=65536",
    ] {
      #expect(first.contains(part), "\(first)")
    }
  }

  @Test func `more large bodies than there is memory for are asked to come again`() throws {
    let entered = Monitor(0)
    let mayGo = Monitor(false)
    let handle: TestHandler = { _, request in
      guard request.path == largePath else { return .json("small") }
      entered.withLock { $0 += 1 }
      entered.notifyAll()
      _ = mayGo.wait(timeout: .seconds(30)) { $0 ? true : nil }
      return .json("large")
    }
    try withPool(threads: 4, handle: handle) { path in
      let large = Self.post(largePath, bytes: largeBodyBytesMax)
      let answers = Monitor<[Int]>([])
      let threads = try (1...largeBodiesMax).map { number in
        try WorkerThread.start(name: "sender-\(number)", stackBytes: 512 * 1024) {
          let status = (try? ask(path, large))?.status ?? 0
          answers.withLock { $0.append(status) }
        }
      }
      _ = entered.wait(timeout: .seconds(30)) { $0 == largeBodiesMax ? true : nil }
      let refused = try #require(try ask(path, large))
      #expect(refused.status == 503 && refused.headers["retry-after"] == "2")
      try #expect(ask(path, Self.post("/other", bytes: 10))?.status == 200)
      mayGo.withLock { $0 = true }
      mayGo.notifyAll()
      for thread in threads { thread.join() }
      #expect(answers.withLock { $0 } == .init(repeating: 200, count: largeBodiesMax))
      try #expect(ask(path, large)?.status == 200)
    }
  }
}
