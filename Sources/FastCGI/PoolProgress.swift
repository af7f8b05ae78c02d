/// How far a pool's threads have come.
public struct PoolProgress: Sendable, Equatable {
  /// Connections that a thread is done with, since the pool was made.
  public let done: Int
  /// Whether every thread is at work.
  public let isFull: Bool

  public init(done: Int, isFull: Bool) {
    self.done = done
    self.isFull = isFull
  }
}

/// How much of a pool is at work.
public struct PoolUse: Sendable, Equatable {
  /// Threads that answer a request now.
  public let busy: Int
  public let threads: Int

  public init(busy: Int, threads: Int) {
    self.busy = busy
    self.threads = threads
  }
}

/// Tells a pool that is busy from one whose threads all hang.
///
/// A value that one thread asks from time to time.
public struct PoolWatch {
  /// No request may take this long: its outgoing call ends after 10 s, its settlement after 20 s, and nginx
  /// gives it up after 30 s.
  public static let standstillSecondsMax = 60

  private var done = -1
  private var since: ContinuousClock.Instant

  public init(now: ContinuousClock.Instant) { since = now }

  /// - Returns: whether all threads have been at work for longer than `standstillSecondsMax` and none has
  ///   ended a request.
  public mutating func isStuck(_ progress: PoolProgress, now: ContinuousClock.Instant) -> Bool {
    if !progress.isFull || progress.done != done {
      done = progress.done
      since = now
    }
    return now - since > .seconds(PoolWatch.standstillSecondsMax)
  }
}
