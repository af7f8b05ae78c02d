import Glibc

/// A value behind a lock, with a condition to wait for.
///
/// The waiting is measured on the monotonic clock, so a change of the wall clock neither
/// shortens nor lengthens it.
@safe
public final class Monitor<State: Sendable>: @unchecked Sendable {
  // Proof: `state` is read and written only between pthread_mutex_lock and _unlock of `mutex`.
  private var state: State
  /// On the heap because a mutex must not move while it is used (pthread_mutex_init(3p)).
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// - Parameter state: the value to begin with.
  public init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    let codes = unsafe [
      pthread_mutex_init(mutex, nil),
      pthread_condattr_init(&attributes),
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC),
      pthread_cond_init(condition, &attributes),
      pthread_condattr_destroy(&attributes),
    ]
    // These calls fail only for lack of memory, as every allocation in Swift does.
    precondition(codes.allSatisfy { $0 == 0 }, "no memory for a lock")
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` while no other thread sees the value. Nothing slow belongs in `body`.
  public func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Waits until `until` returns something.
  ///
  /// `until` is called at once, after each notification, and once more at the time-out.
  /// - Parameter timeout: how long to wait at most; nil waits for ever.
  /// - Returns: what `until` returned, or nil when the time was up.
  public func wait<R>(timeout: Duration?, until: (inout State) -> R?) -> R? {
    let deadline = timeout.map(Self.deadline(after:))
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = until(&state) { return result }
      guard var deadline else {
        unsafe pthread_cond_wait(condition, mutex)
        continue
      }
      if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
        return until(&state)
      }
    }
  }

  /// Wakes one thread that waits. Call it after the change, inside or outside `withLock`.
  public func notifyOne() {
    unsafe pthread_cond_signal(condition)
  }

  /// Wakes all threads that wait. Call it after the change, inside or outside `withLock`.
  public func notifyAll() {
    unsafe pthread_cond_broadcast(condition)
  }

  private static func deadline(after timeout: Duration) -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let (seconds, attoseconds) = max(timeout, .zero).components
    let nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
    let carry = nanoseconds / 1_000_000_000
    let (sum, overflow) = now.tv_sec.addingReportingOverflow(Int(clamping: seconds))
    // A deadline at the end of time is as good as none, and leaves room for the carry.
    return timespec(
      tv_sec: overflow || sum == Int.max ? Int.max : sum + carry,
      tv_nsec: nanoseconds - carry * 1_000_000_000)
  }
}
