/// A day on the clock of a zone, from its first moment until the first moment of the next day. It has 23,
/// 24 or 25 hours, and where clocks are put forward at midnight it begins later.
public struct LocalDay: Hashable, Sendable {
  public let date: CalendarDate
  public let start: Timestamp
  /// The first moment of the next day.
  public let end: Timestamp

  public var lengthSeconds: Int64 { end.unixSeconds - start.unixSeconds }

  public func contains(_ moment: Timestamp) -> Bool { start <= moment && moment < end }

  /// Until the day ends.
  public func secondsLeft(at moment: Timestamp) -> Int64 {
    max(0, end.unixSeconds - moment.unixSeconds)
  }
}

extension TimeZoneOffset {
  /// A day of the calendar. One that the zone left out has no length.
  public func day(_ date: CalendarDate) -> LocalDay {
    LocalDay(date: date, start: firstMoment(of: date), end: firstMoment(of: date.adding(days: 1)))
  }

  /// The day that holds a moment. Days follow each other without gap or overlap: where clocks are put
  /// back across midnight, they show the day before for a while that belongs to the new day.
  public func day(of moment: Timestamp) -> LocalDay {
    let shown = day(CalendarDate(calendar(moment)))
    if moment < shown.start { return day(shown.date.adding(days: -1)) }
    if moment >= shown.end { return day(shown.date.adding(days: 1)) }
    return shown
  }

  /// Every beginning of a day comes from here: the second at which the zone's clock comes to show the
  /// date or a later one.
  private func firstMoment(of date: CalendarDate) -> Timestamp {
    let midnight = Int64(date.daysSinceEpoch) * TimeZoneOffset.secondsOfDayOfUTC
    // Offsets lie within a day of UTC, so that the second is between these.
    var (before, reached) = (
      midnight - TimeZoneOffset.secondsOfDayOfUTC, midnight + TimeZoneOffset.secondsOfDayOfUTC
    )
    while reached - before > 1 {
      let middle = before + (reached - before) / 2
      let shown = middle + Int64(seconds(at: Timestamp(unixSeconds: middle)))
      if shown < midnight { before = middle } else { reached = middle }
    }
    return Timestamp(unixSeconds: reached)
  }

  private static let secondsOfDayOfUTC: Int64 = 86_400
}
