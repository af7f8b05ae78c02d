import Glibc

/// A value behind a mutex, with a condition to wait for.
@safe public final class Monitor<State: Sendable>: @unchecked Sendable {
  // Proof of Sendable: `state` is read and written only between lock and unlock of `mutex`.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  public init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    // Waits must not end early or late when somebody sets the clock.
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone. Nothing slow belongs in it.
  public func withLock<R>(_ body: (inout State) -> R) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  /// Blocks until `until` gives a value, looking after each notification.
  /// - Parameter timeout: nil waits for ever.
  /// - Returns: nil when the time is over.
  public func wait<R>(timeout: Duration?, until: (inout State) -> R?) -> R? {
    var deadline = timeout.map { Self.deadline(after: $0) }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let value = until(&state) { return value }
      if deadline == nil {
        unsafe pthread_cond_wait(condition, mutex)
      } else if var moment = deadline {
        let status = unsafe pthread_cond_timedwait(condition, mutex, &moment)
        deadline = moment
        if status == ETIMEDOUT { return until(&state) }
      }
    }
  }

  public func notifyOne() { unsafe pthread_cond_signal(condition) }

  public func notifyAll() { unsafe pthread_cond_broadcast(condition) }

  private static func deadline(after timeout: Duration) -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let (seconds, attoseconds) = timeout.components
    let nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
    return timespec(
      tv_sec: now.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000,
      tv_nsec: nanoseconds % 1_000_000_000)
  }
}
