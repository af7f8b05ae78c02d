import Kit
import Synchronization
import Testing
import Threads

@testable import HTTPSClient

struct BoundsTests {
  @Test func `one call more than allowed waits a little, fails, and the others end well`() throws {
    try LoopbackServer { _ in .hold(.answer([1])) }.run { server in
      let client = makeClient {
        $0.concurrentCallsMax = 2
        $0.turnWaitMilliseconds = 50
      }
      let answers = Mutex<[[UInt8]?]>([])
      let callers = try (0..<2).map { _ in
        try WorkerThread.start(name: "caller", stackBytes: 512 * 1024) {
          let answer = try? client.get(server.url).body
          answers.withLock { $0.append(answer) }
        }
      }
      #expect(server.waitForRequests(2))
      let error = client.failure(server.url)
      #expect(error == .overloaded)
      #expect(error?.mayHaveBeenSent == false)
      server.release()
      for caller in callers { caller.join() }
      #expect(answers.withLock { $0 } == [[1], [1]])
      #expect(try client.get(server.url).status == 200)
      #expect(server.requests.count == 3)
    }
  }

  @Test func `a full limit is waited for, first come first served`() throws {
    try LoopbackServer { _ in .hold(.answer([1])) }.run { server in
      let client = makeClient {
        $0.concurrentCallsMax = 1
        $0.turnWaitMilliseconds = 60_000
      }
      var callers: [WorkerThread] = []
      for number in 0..<4 {
        callers.append(
          try WorkerThread.start(name: "caller", stackBytes: 512 * 1024) {
            _ = try? client.get("\(server.url)/\(number)")
          })
        // Each stands in the queue before the next one comes.
        #expect(client.waitForCalls(number + 1))
      }
      #expect(server.waitForRequests(1))
      #expect(server.requests.count == 1)
      server.release()
      for caller in callers { caller.join() }
      #expect(server.requests.map(\.line) == (0..<4).map { "GET /\($0) HTTP/1.1" })
    }
  }

  @Test func `a provider that hangs is not waited for, nor by many at once`() throws {
    try LoopbackServer { _ in .hold(.answer([1])) }.run { server in
      let clock = HandClock()
      let client = makeClient(clock: clock) {
        $0.concurrentCallsMax = 1
        $0.waitingCallsMax = 1
        $0.turnWaitMilliseconds = 2_000
      }
      let caller = try WorkerThread.start(name: "caller", stackBytes: 512 * 1024) {
        _ = try? client.get(server.url)
      }
      #expect(server.waitForRequests(1))
      let waiter = try WorkerThread.start(name: "waiter", stackBytes: 512 * 1024) {
        _ = client.failure(server.url)
      }
      #expect(client.waitForCalls(2))
      let began = ContinuousClock.now
      #expect(client.failure(server.url) == .overloaded)
      #expect(ContinuousClock.now - began < .seconds(1))
      waiter.join()
      clock.advance(by: .seconds(2))
      let later = ContinuousClock.now
      #expect(client.failure(server.url) == .overloaded)
      #expect(ContinuousClock.now - later < .seconds(1))
      server.release()
      caller.join()
    }
  }

  @Test func `the breaker opens after failures in a row and recovers`() throws {
    let isBroken = Atomic(true)
    let react: @Sendable (ReceivedRequest) -> LoopbackServer.Reaction = { _ in
      isBroken.load(ordering: .relaxed)
        ? .answer(.answer("503 Service Unavailable")) : .answer(.answer())
    }
    try LoopbackServer(react).run { (server) throws in
      let clock = HandClock()
      let client = makeClient(clock: clock)
      for _ in 0..<CircuitBreaker.consecutiveFailuresMax {
        #expect(client.isAvailable)
        #expect(try client.get(server.url).status == 503)
      }
      #expect(!client.isAvailable)
      #expect(client.failure(server.url) == .circuitOpen)
      #expect(!TransportError.circuitOpen.mayHaveBeenSent)
      #expect(server.requests.count == 5)

      clock.advance(by: .seconds(CircuitBreaker.openSeconds))
      #expect(client.isAvailable)
      #expect(try client.get(server.url).status == 503)
      #expect(!client.isAvailable)

      isBroken.store(false, ordering: .relaxed)
      clock.advance(by: .seconds(CircuitBreaker.openSeconds))
      #expect(try client.get(server.url).status == 200)
      #expect(client.isAvailable)
      #expect(try client.get(server.url).status == 200)
    }
  }

  @Test(arguments: [LoopbackServer.Reaction.reset, .answerAndClose(Array("garbage\r\n".utf8))])
  func `broken connections open the breaker`(reaction: LoopbackServer.Reaction) throws {
    try LoopbackServer { _ in reaction }.run { server in
      let client = makeClient()
      for _ in 0..<CircuitBreaker.consecutiveFailuresMax { _ = client.failure(server.url) }
      #expect(client.failure(server.url) == .circuitOpen)
    }
  }

  @Test func `refusals by the other side do not open the breaker`() throws {
    try LoopbackServer { _ in .answer(.answer("429 Too Many Requests")) }.run { (server) throws in
      let client = makeClient()
      for _ in 0..<20 { #expect(try client.get(server.url).status == 429) }
      #expect(client.isAvailable)
    }
  }

  @Test func `a request that libcurl refuses does not close the breaker`() throws {
    try LoopbackServer { _ in .answer(.answer("500 Internal Server Error")) }.run { server in
      let clock = HandClock()
      let client = makeClient(clock: clock)
      for _ in 0..<CircuitBreaker.consecutiveFailuresMax { _ = try client.get(server.url) }
      clock.advance(by: .seconds(CircuitBreaker.openSeconds))
      #expect(client.failure("https://a b/")?.isInvalidRequest == true)
      #expect(client.isAvailable)
      #expect(try client.get(server.url).status == 500)
      #expect(client.failure(server.url) == .circuitOpen)
    }
  }
}
