/// A day of the proleptic Gregorian calendar, whatever the zone.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let daysSinceEpoch: Int

  public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

  public init(_ time: CalendarTime) {
    daysSinceEpoch = CalendarTime.daysSinceEpoch(
      year: time.year, month: time.month, day: time.day)
  }

  /// Reads `2026-01-31`; nil for anything else and for days that do not exist.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
    let digits = bytes.filter { (0x30...0x39).contains($0) }.map { Int($0 - 0x30) }
    guard digits.count == 8 else { return nil }
    let year = digits[0...3].reduce(0) { $0 * 10 + $1 }
    let (month, day) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7])
    guard (1970...9998).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    self.init(
      daysSinceEpoch: CalendarTime.daysSinceEpoch(year: year, month: month, day: day))
    guard description == String(text) else { return nil }
  }

  public var description: String { noon.date }

  private var noon: CalendarTime {
    CalendarTime(
      Timestamp(unixSeconds: Int64(daysSinceEpoch) * 86_400 + 43_200), offsetSeconds: 0)
  }

  public func adding(days: Int) -> CalendarDate {
    CalendarDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}
