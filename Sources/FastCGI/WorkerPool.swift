public import HTTP
import LogLines
public import Logging
import Synchronization
public import Threads

/// A fixed number of threads that answer requests from one socket.
///
/// Each thread has a context of its own, for example a database connection, which it makes
/// and which never leaves it.
public final class WorkerPool<Context: ~Copyable>: Sendable {
  struct State {
    var isStopping = false
    var threads: [WorkerThread] = []
  }

  let name: String
  let socket: ListeningSocket
  let limits: RequestLimits
  let logger: Logger?
  let makeContext: @Sendable () -> Context
  let handle: @Sendable (inout Context, Request) -> Response
  let watch: RequestWatch?
  let refusalText: @Sendable (Refusal, AcceptLanguage) -> String
  let counters = PoolCounters()
  let state = Monitor(State())
  /// Large bodies in memory.
  let largeBodies = Monitor(0)
  /// Anybody can send what is too large.
  let sizeRefusals = Mutex(LineBudget())
  let startedAt = ContinuousClock.now
  private let threadCount: Int

  /// - Parameters:
  ///   - name: names the threads and stands in each log line.
  ///   - threads: how many requests are answered at the same time.
  ///   - logger: takes one line per request, without query values and bodies.
  ///   - watch: nil where nobody looks for requests that end the process.
  ///   - refusalText: what a person reads of a request that never reaches `handle`.
  ///   - makeContext: called once in each thread, before its first request.
  ///   - handle: answers one request. It cannot fail: a fault is an answer too.
  public init(
    name: String, socket: ListeningSocket, threads: Int, limits: RequestLimits,
    logger: Logger? = nil, watch: RequestWatch? = nil,
    refusalText: @escaping @Sendable (Refusal, AcceptLanguage) -> String,
    makeContext: @escaping @Sendable () -> Context,
    handle: @escaping @Sendable (inout Context, Request) -> Response
  ) {
    self.name = name
    self.socket = socket
    self.limits = limits
    self.logger = logger
    self.watch = watch
    self.refusalText = refusalText
    self.makeContext = makeContext
    self.handle = handle
    threadCount = threads
  }

  /// What the pool has done since it was made.
  public var counts: PoolCounts { counters.snapshot }

  /// How far the threads have come.
  public var progress: PoolProgress {
    let use = use
    return PoolProgress(
      done: counters.done.load(ordering: .relaxed), isFull: use.busy >= use.threads)
  }

  /// How many of the threads are at work.
  public var use: PoolUse {
    // Read in this order, what ends in between is not counted as at work.
    let taken = counters.taken.load(ordering: .relaxed)
    let busy = taken - counters.done.load(ordering: .relaxed)
    return PoolUse(busy: min(max(0, busy), threadCount), threads: threadCount)
  }

  /// Starts the threads.
  /// - Throws: `ThreadError` when one cannot be started; none runs then.
  public func start() throws(ThreadError) {
    guard Exchange.isLibraryReady else { throw ThreadError(call: "FCGX_Init", code: 0) }
    do throws(ThreadError) {
      for index in 0..<threadCount {
        let thread = try WorkerThread.start(
          name: "\(name)-\(index)", stackBytes: PoolConstants.stackBytes
        ) { self.work() }
        state.withLock { $0.threads.append(thread) }
      }
    } catch {
      _ = stop(graceSeconds: PoolConstants.failedStartGraceSeconds)
      throw error
    }
  }

  /// Stops accepting, lets every request that was accepted be answered, and joins the threads.
  ///
  /// Connections that wait in an inherited socket stay there for the next process. A socket that this
  /// process has bound is closed to new clients, and those that wait are answered.
  /// - Parameter graceSeconds: how long that may take.
  /// - Returns: whether all threads ended in time. Those that did not go on.
  public func stop(graceSeconds: Int) -> Bool {
    let threads = state.withLock { state in
      state.isStopping = true
      return state.threads
    }
    state.notifyAll()
    socket.retire()
    let end = ContinuousClock.now + .seconds(graceSeconds)
    for thread in threads {
      // A signal just before a worker waits is lost, so it is repeated.
      while !thread.join(timeout: PoolConstants.interruptInterval) {
        if ContinuousClock.now >= end { return false }
        for thread in threads { thread.interrupt() }
      }
    }
    return true
  }
}

/// What holds for every pool. (A generic type cannot have stored constants.)
enum PoolConstants {
  /// Stack of a worker. JSON of the deepest nesting allowed decodes within a tenth of it.
  static let stackBytes = 1024 * 1024
  /// Pause between two signals to a worker that has not ended.
  static let interruptInterval = Duration.milliseconds(5)
  /// Pause after a failed `accept`, most likely for lack of file descriptors.
  static let acceptPause = Duration.milliseconds(100)
  /// How long a large body waits for others to be done with.
  static let largeBodyWait = Duration.milliseconds(500)
  /// For workers that have not answered anything yet.
  static let failedStartGraceSeconds = 5
  /// Longest path in a log line, in characters.
  static let loggedPathCharactersMax = 200
}
