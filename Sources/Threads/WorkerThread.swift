import Glibc
import Synchronization

/// A thread of the operating system with a name and a stack of its own size, to be joined.
///
/// Its signals `SIGTERM`, `SIGINT` and the interrupting one are blocked from the start, so no system
/// call in it is cut short, except inside `interruptibly(_:)`.
@safe
public final class WorkerThread: Sendable {
  /// Longest name that the kernel keeps, in bytes (proc_pid_comm(5)).
  private static let nameBytesMax = 15

  private enum Handle {
    case running(pthread_t)
    case joined
  }

  /// The handle of a joined thread may be reused, so it is forgotten under the lock.
  private let handle: Mutex<Handle>
  private let finished: Monitor<Bool>

  private init(handle: pthread_t, finished: Monitor<Bool>) {
    self.handle = Mutex(.running(handle))
    self.finished = finished
  }

  deinit {
    handle.withLock { handle in
      if case .running(let thread) = handle { pthread_detach(thread) }
    }
  }

  /// Starts a thread.
  /// - Parameters:
  ///   - name: shown by the operating system; cut after 15 bytes.
  ///   - stackBytes: size of its stack, at least `PTHREAD_STACK_MIN`.
  ///   - body: what it does; it ends when this returns.
  /// - Throws: `ThreadError` when the system refuses a thread of that size.
  public static func start(
    name: String, stackBytes: Int, body: @escaping @Sendable () -> Void
  ) throws(ThreadError) -> WorkerThread {
    try Interruption.install()
    let finished = Monitor(false)
    let start = ThreadStart(name: String(cutting: name, toBytes: nameBytesMax)) {
      body()
      finished.withLock { $0 = true }
      finished.notifyAll()
    }
    var attributes = pthread_attr_t()
    try unsafe ThreadError.check("pthread_attr_init", pthread_attr_init(&attributes))
    defer { unsafe pthread_attr_destroy(&attributes) }
    try unsafe ThreadError.check(
      "pthread_attr_setstacksize", pthread_attr_setstacksize(&attributes, max(0, stackBytes)))
    let box = unsafe Unmanaged.passRetained(start)
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, &attributes, threadMain, box.toOpaque())
    if code != 0 {
      unsafe box.release()
      throw ThreadError(call: "pthread_create", code: code)
    }
    return WorkerThread(handle: thread, finished: finished)
  }

  /// Makes a blocking system call in the thread's `interruptibly(_:)` return `EINTR`.
  ///
  /// A signal that comes just before the call is lost: repeat until the thread has finished.
  public func interrupt() {
    handle.withLock { handle in
      if case .running(let thread) = handle { pthread_kill(thread, Interruption.signal) }
    }
  }

  /// Lets `interrupt()` reach the calling thread while `body` runs, which is one system call.
  public static func interruptibly<R>(_ body: () -> R) -> R {
    Interruption.change(SIG_UNBLOCK, [Interruption.signal])
    defer { Interruption.change(SIG_BLOCK, [Interruption.signal]) }
    return body()
  }

  /// Whether the body has returned.
  public var isFinished: Bool { finished.withLock { $0 } }

  /// Waits for the end of the thread.
  public func join() {
    _ = join(timeout: nil)
  }

  /// Waits for the end of the thread, but not for ever.
  /// - Returns: whether it ended in time.
  public func join(timeout: Duration?) -> Bool {
    guard finished.wait(timeout: timeout, until: { $0 ? true : nil }) == true else { return false }
    handle.withLock { handle in
      if case .running(let thread) = handle { pthread_join(thread, nil) }
      handle = .joined
    }
    return true
  }
}

/// What a new thread is told.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// The C entry of every thread.
private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  Interruption.change(SIG_BLOCK, [Interruption.signal, SIGTERM, SIGINT])
  nameCallingThread(start.name)
  start.body()
  return nil
}

/// Names the calling thread (proc_pid_comm(5)). `pthread_setname_np` is a GNU extension that
/// Glibc's module does not show. A name is a help to people: failing to set it is no error.
private func nameCallingThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  if file < 0 { return }
  let bytes = Array(name.utf8)
  _ = unsafe write(file, bytes, bytes.count)
  close(file)
}

extension String {
  /// The longest beginning of `text` of at most `bytes` UTF-8 bytes.
  fileprivate init(cutting text: String, toBytes bytes: Int) {
    self = text
    while utf8.count > bytes { removeLast() }
  }
}
