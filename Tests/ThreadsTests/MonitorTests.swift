import Testing
import Threads

struct MonitorTests {
  @Test func `a wait returns what the closure found`() throws {
    let monitor = Monitor(0)
    let thread = try WorkerThread.start(name: "adder", stackBytes: 256 * 1024) {
      for _ in 0..<100 {
        monitor.withLock { $0 += 1 }
        monitor.notifyOne()
      }
    }
    #expect(monitor.wait(timeout: .seconds(10)) { $0 == 100 ? "full" : nil } == "full")
    thread.join()
  }

  @Test func `a wait ends at its time-out`() {
    let monitor = Monitor(false)
    let clock = ContinuousClock()
    let start = clock.now
    #expect(monitor.wait(timeout: .milliseconds(30)) { $0 ? true : nil } == nil)
    #expect(clock.now - start >= .milliseconds(30))
    #expect(clock.now - start < .seconds(10))
  }

  @Test(arguments: [Duration.zero, .seconds(-5)])
  func `a time-out in the past looks once and returns`(timeout: Duration) {
    #expect(Monitor(1).wait(timeout: timeout) { $0 == 2 ? true : nil } == nil)
    #expect(Monitor(2).wait(timeout: timeout) { $0 == 2 ? true : nil } == true)
  }

  @Test func `a time-out of ages is no overflow`() {
    #expect(Monitor(2).wait(timeout: .seconds(Int64.max)) { $0 } == 2)
  }

  @Test func `an error thrown under the lock frees it`() {
    struct Refused: Error {}
    let monitor = Monitor(0)
    #expect(throws: Refused.self) {
      try monitor.withLock { (_) throws(Refused) in throw Refused() }
    }
    #expect(monitor.withLock { $0 } == 0)
  }

  @Test func `no increment of many threads is lost`() throws {
    let monitor = Monitor(0)
    let threads = try (0..<8).map { _ in
      try WorkerThread.start(name: "adder", stackBytes: 256 * 1024) {
        for _ in 0..<1_000 { monitor.withLock { $0 += 1 } }
      }
    }
    for thread in threads { thread.join() }
    #expect(monitor.withLock { $0 } == 8_000)
  }
}
