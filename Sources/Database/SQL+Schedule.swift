public import Vocabulary

extension Schedule {
  /// The condition that a column's moment is due; not met by NULL.
  public func isDue(_ column: SQL, at moment: Timestamp) -> SQL {
    "(\(column) <= \(moment) OR \(column) > \(latest(at: moment)))"
  }

  /// The condition that the whole longest pause has gone by since a column's moment, or that the moment
  /// lies in the future; not met by NULL.
  public func isOver(since column: SQL, at moment: Timestamp) -> SQL {
    let start = moment.adding(seconds: -longestPauseSeconds)
    let latest = moment.adding(seconds: Schedule.clockDifferenceSecondsMax)
    return "(\(column) <= \(start) OR \(column) > \(latest))"
  }
}
