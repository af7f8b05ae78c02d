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
    BookDay(
      start(offsetSeconds: 0).adding(seconds: days * BookDay.seconds), in: .fixed(seconds: 0))
  }

  /// The moment at which the day begins in a zone.
  public func start(in zone: TimeZoneOffset) -> Timestamp {
    start(offsetSeconds: zone.seconds(at: start(offsetSeconds: 0)))
  }

  public static func < (left: BookDay, right: BookDay) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// Length of a day; the zones of books have no summer time.
  public static let seconds: Int64 = 86_400

  /// From when on the books of Alipay and WeChat Pay are there, after the end of their day. Until then
  /// a bill that is missing says nothing about the day.
  public static let billSeconds: Int64 = 10 * 3_600

  /// What it means that Alipay or WeChat Pay knows of no bill of this day.
  public func withoutBill(now: Timestamp) -> BooksOutcome {
    let isDue = now >= adding(days: 1).start(in: .beijing).adding(seconds: BookDay.billSeconds)
    return isDue ? .empty : .notReady
  }
}
