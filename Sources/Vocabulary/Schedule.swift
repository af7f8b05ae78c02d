/// A schedule of work that is written down with the moment at which it is due next.
///
/// The clock that wrote a moment may have been wrong. One that lies further ahead than the schedule ever
/// pauses was never meant: such work is due at once, or it would wait until the clock has caught up.
public struct Schedule: Hashable, Sendable {
  /// The longest pause that the schedule makes, in seconds.
  public let longestPauseSeconds: Int64

  /// By how much the clocks of two hosts may differ before one holds the other's moments for wrong, in
  /// seconds.
  public static let clockDifferenceSecondsMax: Int64 = 60

  public init(longestPauseSeconds: Int64) {
    self.longestPauseSeconds = longestPauseSeconds
  }

  /// What is due later than this was written by a clock that was ahead.
  public func latest(at moment: Timestamp) -> Timestamp {
    moment.adding(seconds: longestPauseSeconds).adding(seconds: Schedule.clockDifferenceSecondsMax)
  }

  /// A moment at which work shall be done, or the latest that the schedule pauses until.
  public func bounded(_ dueAt: Timestamp, at moment: Timestamp) -> Timestamp {
    min(dueAt, moment.adding(seconds: longestPauseSeconds))
  }

  /// Whether work is due at a moment.
  public func isDue(_ dueAt: Timestamp, at moment: Timestamp) -> Bool {
    dueAt <= moment || dueAt > latest(at: moment)
  }

  /// Whether a pause of `longestPauseSeconds` is over that began at `start`; one that begins in the
  /// future never began.
  public func isOver(since start: Timestamp, at moment: Timestamp) -> Bool {
    start <= moment.adding(seconds: -longestPauseSeconds)
      || start > moment.adding(seconds: Schedule.clockDifferenceSecondsMax)
  }
}
