import Glibc
import Testing
import Threads

struct WorkerThreadTests {
  @Test func `a thread runs its body and is joined, twice without harm`() throws {
    let done = Monitor(false)
    let thread = try WorkerThread.start(name: "worker", stackBytes: 256 * 1024) {
      done.withLock { $0 = true }
    }
    thread.join()
    thread.join()
    thread.interrupt()
    #expect(thread.isFinished)
    #expect(done.withLock { $0 })
  }

  @Test func `a join with a time-out gives up on a busy thread`() throws {
    let release = Monitor(false)
    let thread = try WorkerThread.start(name: "busy", stackBytes: 256 * 1024) {
      _ = release.wait(timeout: nil) { $0 ? true : nil }
    }
    #expect(!thread.join(timeout: .milliseconds(10)))
    #expect(!thread.isFinished)
    release.withLock { $0 = true }
    release.notifyAll()
    #expect(thread.join(timeout: .seconds(10)))
  }

  @Test func `a stack that is too small is refused`() {
    #expect(throws: ThreadError.self) {
      try WorkerThread.start(name: "tiny", stackBytes: 1) {}
    }
  }

  @Test func `a name longer than the kernel keeps is cut`() throws {
    let seen = Monitor("")
    let thread = try WorkerThread.start(name: "a name that is long", stackBytes: 256 * 1024) {
      let file = unsafe open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = unsafe read(file, &bytes, bytes.count)
      close(file)
      let name = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      seen.withLock { $0 = name }
    }
    thread.join()
    #expect(seen.withLock { $0 } == "a name that is \n")
  }

  @Test func `an interrupt ends a blocking call, repeated until it hits`() throws {
    let seen = Monitor<Int32>(0)
    let thread = try WorkerThread.start(name: "poller", stackBytes: 256 * 1024) {
      let code = WorkerThread.interruptibly { poll(nil, 0, -1) == -1 ? errno : 0 }
      seen.withLock { $0 = code }
    }
    while !thread.join(timeout: .milliseconds(1)) { thread.interrupt() }
    #expect(seen.withLock { $0 } == EINTR)
  }

  @Test func `an interrupt leaves other calls alone`() throws {
    let started = Monitor(false)
    let seen = Monitor<Int32>(-2)
    let thread = try WorkerThread.start(name: "poller", stackBytes: 256 * 1024) {
      started.withLock { $0 = true }
      started.notifyAll()
      let code = poll(nil, 0, 50)
      seen.withLock { $0 = code }
    }
    _ = started.wait(timeout: nil) { $0 ? true : nil }
    while !thread.join(timeout: .milliseconds(1)) { thread.interrupt() }
    #expect(seen.withLock { $0 } == 0)
  }
}

struct StopSignalsTests {
  @Test func `a request to stop is waited for`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let signals = StopSignals()
      raise(SIGTERM)
      let first = signals.waitForStop()
      raise(SIGINT)
      let second = signals.waitForStop()
      exit(first == .terminate && second == .interrupt ? 7 : 1)
    }
  }

  @Test func `a broken pipe does not end the process`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      _ = StopSignals()
      raise(SIGPIPE)
      exit(7)
    }
  }
}
