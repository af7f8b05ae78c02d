import Vocabulary

/// When a provider is asked about a payment that nobody has reported on.
enum QuerySchedule {
  /// After the payment was created.
  static let firstSeconds: Int64 = 15
  /// Pauses after each further question while the order can still be paid.
  private static let pausesSeconds: [Int64] = [15, 30, 60, 180, 600, 1_800]
  /// Pauses while the payment is being closed.
  private static let closingPausesSeconds: [Int64] = [5, 15, 60, 300, 900, 3_600]
  /// A user who watches makes an open payment due when the last answer is older than this.
  static let watchedPauseSeconds: Int64 = 5
  /// How long after its order's end a code that the provider has never heard of may still be paid:
  /// the longest time to pay that a provider insists on, and a margin.
  static let forgottenSeconds: Int64 = 600
  /// From this many questions on an open payment of an order that is over is worth an alarm.
  static let alarmQueries: Int64 = 30

  /// - Parameters:
  ///   - queries: questions asked so far, this one included.
  ///   - expiresAt: the end of the order, which is never slept over.
  static func next(after moment: Timestamp, queries: Int64, expiresAt: Timestamp) -> Timestamp {
    let place = min(max(0, Int(queries) - 1), pausesSeconds.count - 1)
    let next = moment.adding(seconds: pausesSeconds[place])
    return moment < expiresAt ? min(next, expiresAt) : next
  }

  static func nextWhileClosing(after moment: Timestamp, queries: Int64) -> Timestamp {
    let place = min(max(0, Int(queries) - 1), closingPausesSeconds.count - 1)
    return moment.adding(seconds: closingPausesSeconds[place])
  }
}

/// When a refund is tried or asked about again.
enum RefundSchedule {
  /// Providers want a pause before the first question.
  static let firstQuerySeconds: Int64 = 15
  private static let pausesSeconds: [Int64] = [15, 30, 60, 300, 900, 3_600]
  /// Attempts before an operator has to look; then it goes on at the longest pause.
  static let alarmAttempts: Int64 = 20

  /// - Parameter attempts: made so far, this one included.
  static func next(after moment: Timestamp, attempts: Int64) -> Timestamp {
    let place = min(max(0, Int(attempts) - 1), pausesSeconds.count - 1)
    return moment.adding(seconds: pausesSeconds[place])
  }
}
