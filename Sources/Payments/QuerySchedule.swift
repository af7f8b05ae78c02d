import Vocabulary

/// When a provider is asked about a payment that nobody has reported on.
enum QuerySchedule {
  /// The first question, after the payment was created.
  static let firstSeconds: Int64 = 15
  /// Ages of a payment at which it is asked about; from the last one on as often as the last says. How
  /// often its user watched does not count.
  private static let agesSeconds: [Int64] = [15, 30, 60, 180, 600, 1_800]
  /// The last question before the order ends, so much earlier.
  static let beforeEndSeconds: Int64 = 10
  /// Longest pause after a question without a clear answer.
  static let unclearPauseSeconds: Int64 = 30
  /// Pauses while the payment is being closed.
  private static let closingPausesSeconds: [Int64] = [5, 15, 60, 300, 900, 3_600]
  /// A user who watches makes an open payment due when the last answer is older than this.
  static let watched = Schedule(longestPauseSeconds: 5)
  /// Pause between questions about a payment whose age is unknown, because the clock that wrote down
  /// its creation was ahead.
  private static let unknownAgePauseSeconds: Int64 = 180
  static let schedule = Schedule(
    longestPauseSeconds: (agesSeconds + closingPausesSeconds).max() ?? 0)
  /// How long after its order's end a code that the provider has never heard of may still be paid:
  /// the longest time to pay that a provider insists on, and a margin.
  static let forgottenSeconds: Int64 = 600
  /// From this many questions on an open payment of an order that is over is worth an alarm.
  static let alarmQueries: Int64 = 30

  /// - Parameter expiresAt: the end of the order, which is never slept over.
  static func next(
    after moment: Timestamp, createdAt: Timestamp, expiresAt: Timestamp
  ) -> Timestamp {
    let ages = agesSeconds.lazy.map { createdAt.adding(seconds: $0) }
    var next = ages.first { moment < $0 } ?? moment.adding(seconds: agesSeconds.last ?? 0)
    if createdAt > moment { next = moment.adding(seconds: unknownAgePauseSeconds) }
    let ends = [expiresAt.adding(seconds: -beforeEndSeconds), expiresAt]
    return ends.filter { moment < $0 }.reduce(next, min)
  }

  /// - Parameter queries: questions asked so far since it is to be closed, this one included.
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
  /// Refunds that money paid twice is given back by, one after the other failed; then it is an
  /// operator's to find another way.
  static let duplicateRefundsMax = 3
  /// Pause before the next of them.
  static let duplicatePauseSeconds: Int64 = 600
  /// How long a provider may take to know of a refund that it was told to make.
  static let settling = Schedule(longestPauseSeconds: 10)
  /// How long a provider that has said that a refund was made is asked about it while it does not know
  /// of it.
  static let doubt = Schedule(longestPauseSeconds: 86_400)
  static let schedule = Schedule(
    longestPauseSeconds: max(
      pausesSeconds.max() ?? 0, duplicatePauseSeconds, Caretaker.giveUpAfterSeconds))
  /// Attempts before an operator has to look; then it goes on at the longest pause.
  static let alarmAttempts: Int64 = 20

  /// - Parameter attempts: made so far, this one included.
  static func next(after moment: Timestamp, attempts: Int64) -> Timestamp {
    let place = min(max(0, Int(attempts) - 1), pausesSeconds.count - 1)
    return moment.adding(seconds: pausesSeconds[place])
  }
}
