import Glibc
import Synchronization

/// The system would not start another thread.
public struct ThreadError: Error, CustomStringConvertible {
  public let name: String
  public let code: Int32
  public var description: String { "thread \(name) could not be started: error \(code)" }
}

/// A thread of our own with a name and a stack size, that can be joined.
@safe public final class WorkerThread: Sendable {
  /// Enough for the deepest call of ours; only touched pages take memory.
  public static let stackBytes = 1024 * 1024
  /// Characters of a name that Linux keeps.
  private static let nameCharactersMax = 15

  private let thread: pthread_t
  private let finished: Finished

  private final class Finished: Sendable {
    let flag = Atomic(false)
  }

  /// What travels to the new thread.
  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    let finished: Finished

    init(name: String, body: @escaping @Sendable () -> Void, finished: Finished) {
      self.name = name
      self.body = body
      self.finished = finished
    }
  }

  private init(thread: pthread_t, finished: Finished) {
    self.thread = thread
    self.finished = finished
  }

  /// Starts a thread that runs `body`.
  public static func start(
    name: String, body: @escaping @Sendable () -> Void
  ) throws(ThreadError) -> WorkerThread {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    let finished = Finished()
    let start = unsafe Unmanaged.passRetained(
      Start(name: String(name.prefix(nameCharactersMax)), body: body, finished: finished))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes, { unsafe runWorkerThread($0) }, start.toOpaque())
    guard code == 0 else {
      unsafe start.release()
      throw ThreadError(name: name, code: code)
    }
    return WorkerThread(thread: thread, finished: finished)
  }

  fileprivate static func run(_ argument: UnsafeMutableRawPointer) {
    let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    setName(start.name)
    start.body()
    start.finished.flag.store(true, ordering: .releasing)
  }

  /// Shown by `top -H` and debuggers. Glibc hides pthread_setname_np from Swift; proc(5) does the same.
  private static func setName(_ name: String) {
    guard let file = unsafe fopen("/proc/thread-self/comm", "w") else { return }
    unsafe fputs(name, file)
    unsafe fclose(file)
  }

  public var isFinished: Bool { finished.flag.load(ordering: .acquiring) }

  /// Waits until the thread has ended. Call once.
  public func join() { pthread_join(thread, nil) }
}

private func runWorkerThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument = unsafe argument { unsafe WorkerThread.run(argument) }
  return nil
}
