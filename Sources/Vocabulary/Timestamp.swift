/// A moment in UTC with microseconds, as MariaDB's `DATETIME(6)` keeps it.
///
/// Invariant: it lies in `range`, the years 1 to 9999. What would lie outside becomes the end of it that is nearer, so
/// that no number, whoever named it, makes the arithmetic with moments overflow.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public let microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = min(
      max(microseconds, Timestamp.range.lowerBound), Timestamp.range.upperBound)
  }

  public init(unixSeconds: Int64) {
    let (microseconds, overflow) = unixSeconds.multipliedReportingOverflow(by: 1_000_000)
    self.init(microseconds: overflow ? (unixSeconds < 0 ? .min : .max) : microseconds)
  }

  /// A moment that somebody else names; nil before 1970 and after 9999.
  public init?(reportedMicroseconds microseconds: OutsideNumber) {
    guard let bounded = microseconds.within(0...Timestamp.range.upperBound) else { return nil }
    self.init(microseconds: bounded)
  }

  /// Microseconds from 0001-01-01T00:00:00Z to the end of 9999.
  public static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

  /// A time that somebody else names; nil before 1970 and after 9999.
  public init?(reportedUnixSeconds seconds: Int64) {
    guard (0...Timestamp.reportedUnixSecondsMax).contains(seconds) else { return nil }
    self.init(unixSeconds: seconds)
  }

  private static let reportedUnixSecondsMax: Int64 = 253_402_300_799

  public var unixSeconds: Int64 {
    (microseconds - microsecondOfSecond) / 1_000_000
  }

  /// Microseconds after the full second, 0...999,999.
  public var microsecondOfSecond: Int64 {
    let remainder = microseconds % 1_000_000
    return remainder < 0 ? remainder + 1_000_000 : remainder
  }

  public func adding(seconds: Int64) -> Timestamp {
    let (added, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, sumOverflow) = microseconds.addingReportingOverflow(added)
    if overflow || sumOverflow { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
    return Timestamp(microseconds: sum)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    .microseconds(left.microseconds - right.microseconds)
  }

  /// RFC 3339 in UTC: `2026-01-02T03:04:05Z`.
  public var description: String { rfc3339(offsetSeconds: 0) }

  /// RFC 3339 at an offset from UTC: `2026-01-02T11:04:05+08:00`.
  public func rfc3339(offsetSeconds: Int) -> String {
    let time = CalendarTime(self, offsetSeconds: offsetSeconds)
    let clock = "\(time.date)T\(time.clock)"
    guard offsetSeconds != 0 else { return clock + "Z" }
    let minutes = abs(offsetSeconds) / 60
    let sign = offsetSeconds < 0 ? "-" : "+"
    return clock + sign + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
  }
}

/// A moment as a proleptic Gregorian calendar date and a clock time at a fixed offset from UTC.
public struct CalendarTime: Hashable, Sendable {
  public let year: Int
  public let month: Int
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int

  /// Splits a moment by the days-from-civil method.
  ///
  /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
  public init(_ timestamp: Timestamp, offsetSeconds: Int) {
    let seconds = Int(timestamp.unixSeconds) + offsetSeconds
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let secondOfDay = seconds - days * 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = secondOfDay / 3_600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
  }

  /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
  ///
  /// Source: Howard Hinnant, days_from_civil.
  public static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// `2026-01-02`
  public var date: String { "\(year)-\(twoDigits(month))-\(twoDigits(day))" }
  /// `20260102`
  public var compactDate: String { "\(year)\(twoDigits(month))\(twoDigits(day))" }
  /// `03:04:05`
  public var clock: String { "\(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second))" }
}

private func twoDigits(_ number: Int) -> String {
  number < 10 ? "0\(number)" : String(number)
}
