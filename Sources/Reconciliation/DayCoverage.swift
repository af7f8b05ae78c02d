import Provider
import Vocabulary

/// Which of our payments have to be in the books that were read.
///
/// Our clock and the provider's books may put a payment near midnight on different days. It is judged
/// when both days have been read, by the run that comes second.
struct DayCoverage: Hashable {
  /// How far the books may put a payment from the time that we know, in seconds.
  static let toleranceSeconds: Int64 = 600
  /// Days before the day of the run that are looked at, so as to know whether they were read.
  static let daysBefore: Int64 = 31

  /// A payment that was told of from here on…
  let from: Timestamp
  /// …until here has to be in the books.
  let until: Timestamp

  /// - Parameters:
  ///   - day: the day that was read now.
  ///   - complete: the days that were read to their end before.
  init(of day: BookDay, in zone: TimeZoneOffset, complete: Set<BookDay>) {
    var first = day
    while complete.contains(first.adding(days: -1)), first > day.adding(days: -Self.daysBefore) {
      first = first.adding(days: -1)
    }
    from = first.start(in: zone).adding(seconds: Self.toleranceSeconds)
    let next = day.adding(days: 1)
    let isNextRead = complete.contains(next)
    until = next.start(in: zone)
      .adding(seconds: isNextRead ? Self.toleranceSeconds : -Self.toleranceSeconds)
  }
}
