public import Vocabulary

extension BookDay: Comparable {
  /// The day of a moment.
  public init(_ moment: Timestamp, in zone: TimeZoneOffset) {
    let time = zone.calendar(moment)
    year = time.year
    month = time.month
    day = time.day
  }

  /// The last day that is over.
  public static func yesterday(_ now: Timestamp, in zone: TimeZoneOffset) -> BookDay {
    BookDay(now, in: zone).adding(days: -1)
  }

  public func adding(days: Int64) -> BookDay {
    BookDay(TimeZoneOffset.utc.day(date.adding(days: Int(days))).start, in: .utc)
  }

  /// The moment at which the day begins in a zone.
  public func start(in zone: TimeZoneOffset) -> Timestamp { zone.day(date).start }

  /// The moment at which the next day begins.
  public func end(in zone: TimeZoneOffset) -> Timestamp { zone.day(date).end }

  public static func < (left: BookDay, right: BookDay) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// From when on the books of Alipay and WeChat Pay are there, after the end of their day. Until then
  /// a bill that is missing says nothing about the day.
  public static let billSeconds: Int64 = 10 * 3_600

  /// What it means that Alipay or WeChat Pay knows of no bill of this day.
  public func withoutBill(now: Timestamp) -> BooksOutcome {
    let isDue = now >= end(in: .beijing).adding(seconds: BookDay.billSeconds)
    return isDue ? .empty : .notReady
  }
}
