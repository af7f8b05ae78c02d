import Glibc
import HTTP
import HTTPTypes
import Testing
import Threads

@testable import FastCGI

struct PoolTests {
  private static let stackBytes = 512 * 1024

  @Test func `32 clients at once are all answered`() throws {
    let statuses = Monitor<[Int]>([])
    try withPool(threads: 4) { path in
      let clients = try (0..<32).map { index in
        try WorkerThread.start(name: "client", stackBytes: Self.stackBytes) {
          let answer = try? ask(path, Record.request("GET", "/\(index)"))
          let isOwn = answer?.text == "GET /\(index) [] "
          statuses.withLock { $0.append(isOwn ? 200 : 0) }
        }
      }
      for client in clients { client.join() }
    }
    #expect(statuses.withLock { $0 } == .init(repeating: 200, count: 32))
  }

  @Test func `8 threads answer 200 requests each`() throws {
    let answered = Monitor(0)
    let counts = try withPool(threads: 8) { path in
      let clients = try (0..<8).map { _ in
        try WorkerThread.start(name: "client", stackBytes: Self.stackBytes) {
          for index in 0..<200 {
            let body = Array("request \(index)".utf8)
            let answer = try? ask(path, Record.request("POST", "/", body: body))
            if answer?.text == "POST / [] request \(index)" { answered.withLock { $0 += 1 } }
          }
        }
      }
      for client in clients { client.join() }
    }
    #expect(answered.withLock { $0 } == 1_600)
    #expect(counts == PoolCounts(answered: 1_600, refused: 0, clientsGone: 0, broken: 0))
  }

  @Test func `a client that does not wait for its answer is dropped and counted`() throws {
    let gate = Gate()
    let handle: TestHandler = { _, _ in gate.pass() }
    let counts = try withPool(threads: 1, handle: handle) { path in
      do {
        let client = try FastCGIClient(path: path)
        client.send(Record.request())
        gate.waitForArrivals(1)
      }
      gate.open()
      try #expect(ask(path, Record.request())?.status == 200)
    }
    #expect(counts == PoolCounts(answered: 2, refused: 0, clientsGone: 1, broken: 0))
  }

  @Test func `a client that keeps its connection after the answer holds no thread`() throws {
    try withPool(threads: 1) { path in
      let start = ContinuousClock.now
      let kept = try (0..<10).map { _ in try client(path) }
      for client in kept { #expect(client.client.answer()?.status == 200) }
      try #expect(ask(path, Record.request())?.status == 200)
      #expect(ContinuousClock.now - start < .seconds(5))
      withExtendedLifetime(kept) {}
    }
  }

  @Test func `a stop answers what runs and what waits in a socket of our own`() throws {
    let folder = TestFolder()
    let path = folder.socketPath
    let gate = Gate()
    let pool = makePool(
      try ListeningSocket.bind(path: path, backlog: 16), handle: { _, _ in gate.pass() })
    try pool.start()
    let running = [try client(path), try client(path)]
    gate.waitForArrivals(2)
    let waiting = try (0..<6).map { _ in try client(path) }
    let stopped = Monitor<Bool?>(nil)
    let stopper = try WorkerThread.start(name: "stopper", stackBytes: Self.stackBytes) {
      let result = pool.stop(graceSeconds: 30)
      stopped.withLock { $0 = result }
    }
    while fileExists(path) { sched_yield() }
    #expect(throws: FastCGIClient.Unreachable.self) { _ = try FastCGIClient(path: path) }
    gate.open()
    for client in running + waiting { #expect(client.client.answer()?.status == 200) }
    stopper.join()
    #expect(stopped.withLock { $0 } == true)
    #expect(pool.counts.answered == 8)
  }

  @Test func `a stop leaves what waits in an inherited socket to the next process`() throws {
    let folder = TestFolder()
    let path = folder.socketPath
    let systemd = try ListeningSocket.bind(path: path, backlog: 16)
    let gate = Gate()
    let pool = makePool(
      try inherit(systemd), threads: 1, handle: { _, _ in gate.pass(status: .accepted) })
    try pool.start()
    let running = try client(path)
    gate.waitForArrivals(1)
    let waiting = try (0..<3).map { _ in try client(path) }
    let stopper = try WorkerThread.start(name: "stopper", stackBytes: Self.stackBytes) {
      _ = pool.stop(graceSeconds: 30)
    }
    while !pool.state.withLock({ $0.isStopping }) { sched_yield() }
    gate.open()
    stopper.join()
    #expect(running.client.answer()?.status == 202)
    #expect(pool.counts.answered == 1)

    let late = try client(path)
    let next = makePool(try inherit(systemd), threads: 1)
    try next.start()
    for client in waiting + [late] { #expect(client.client.answer()?.status == 200) }
    #expect(next.stop(graceSeconds: 30))
    #expect(fileExists(path))
  }

  @Test func `restarts under load lose no request`() throws {
    let folder = TestFolder()
    let path = folder.socketPath
    let systemd = try ListeningSocket.bind(path: path, backlog: 128)
    let lost = Monitor(0)
    let clients = try (0..<4).map { _ in
      try WorkerThread.start(name: "client", stackBytes: Self.stackBytes) {
        for _ in 0..<250 {
          if (try? ask(path, Record.request()))?.status != 200 { lost.withLock { $0 += 1 } }
        }
      }
    }
    var answered = 0
    var restarts = 0
    while true {
      let isLast = clients.allSatisfy(\.isFinished)
      let pool = makePool(try inherit(systemd), threads: 4)
      try pool.start()
      if !isLast { _ = clients[0].join(timeout: .milliseconds(2)) }
      #expect(pool.stop(graceSeconds: 30))
      answered += pool.counts.answered
      restarts += 1
      if isLast { break }
    }
    for client in clients { client.join() }
    #expect(lost.withLock { $0 } == 0)
    #expect(answered == 1_000)
    #expect(restarts > 2)
  }

  @Test func `a stop gives up on a handler that does not return`() throws {
    let folder = TestFolder()
    let gate = Gate()
    let pool = makePool(
      try ListeningSocket.bind(path: folder.socketPath, backlog: 1),
      handle: { _, _ in gate.pass() })
    try pool.start()
    let running = try client(folder.socketPath)
    gate.waitForArrivals(1)
    #expect(!pool.stop(graceSeconds: 0))
    gate.open()
    #expect(running.client.answer()?.status == 200)
    #expect(pool.stop(graceSeconds: 30))
  }

  @Test func `an idle pool stops at once`() throws {
    let start = ContinuousClock.now
    try withPool(threads: 8) { _ in }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `each thread makes its own context`() throws {
    let made = Monitor(0)
    let folder = TestFolder()
    let pool = WorkerPool(
      name: "test", socket: try ListeningSocket.bind(path: folder.socketPath, backlog: 1),
      threads: 3, limits: RequestLimits(bodyBytesMax: 0), refusalText: { _, _ in "" },
      makeContext: {
        made.withLock { $0 += 1 }
        return TestContext()
      }, handle: echo)
    try pool.start()
    #expect(pool.stop(graceSeconds: 30))
    #expect(made.withLock { $0 } == 3)
  }

  @Test func `a handler may decode the deepest JSON that is allowed on a worker's stack`() throws {
    let handle: TestHandler = { _, request in
      let decoded = try? request.decodeJSON(Nested.self)
      return .text(decoded == nil ? "refused" : "decoded")
    }
    try withPool(handle: handle) { path in
      for (levels, text) in [(32, "decoded"), (33, "refused"), (30_000, "refused")] {
        let body = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let request = Record.request(
          "POST", "/", body: Array(body.utf8), variables: ["CONTENT_TYPE": ["application/json"]])
        try #expect(ask(path, request)?.text == text)
      }
    }
  }

  private func client(_ path: String) throws -> Client {
    let client = try FastCGIClient(path: path)
    client.send(Record.request())
    return Client(client)
  }

  /// A second descriptor for a socket, taken over as a new process does.
  private func inherit(_ socket: ListeningSocket) throws -> ListeningSocket {
    let descriptor = dup(socket.descriptor)
    let environment = [
      "LISTEN_PID": String(getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web",
    ]
    let sockets = try ListeningSocket.inherited(environment: environment, first: descriptor)
    return try #require(sockets["web"])
  }
}

/// Arrays in arrays.
private indirect enum Nested: Decodable {
  case level([Nested])

  init(from decoder: any Decoder) throws {
    self = .level(try decoder.singleValueContainer().decode([Nested].self))
  }
}

/// Lets a client stand in an array.
private final class Client {
  let client: FastCGIClient

  init(_ client: consuming FastCGIClient) { self.client = client }
}

/// Holds handlers until it is opened.
private final class Gate: Sendable {
  private struct State {
    var arrivals = 0
    var isOpen = false
  }

  private let state = Monitor(State())

  func pass(status: HTTPResponse.Status = .ok) -> Response {
    state.withLock { $0.arrivals += 1 }
    state.notifyAll()
    _ = state.wait(timeout: nil) { $0.isOpen ? true : nil }
    return .empty(status)
  }

  func waitForArrivals(_ count: Int) {
    _ = state.wait(timeout: nil) { $0.arrivals >= count ? true : nil }
  }

  func open() {
    state.withLock { $0.isOpen = true }
    state.notifyAll()
  }
}
