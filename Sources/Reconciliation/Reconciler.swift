public import Database
public import Logging
public import Payments
public import Provider
public import Vocabulary

/// What came of reading one day of one provider.
public enum ReconciliationOutcome: Hashable, Sendable {
  /// Compared to the end.
  case complete(ReconciliationRun)
  /// The provider has not made the books of this day yet: try again later.
  case notReady
  /// The books could not be read to their end. What was read is compared; the rest is, next time.
  case failed(Cause)
  /// Somebody else is comparing this day.
  case busy
}

/// Compares a provider's books of a day with our payments and refunds (对账).
///
/// Money that is there and not here goes through the settlement like a notification; everything else
/// that differs is kept until an operator has resolved it. Running a day again changes nothing twice,
/// and finishes what a run that died has left.
public struct Reconciler: Sendable {
  private let desk: SettlementDesk
  private let clock: WallClock
  private let log: ReconciliationLog

  /// How long a run waits for another one of the same day, in seconds.
  static let lockTimeoutSeconds = 2

  public init(desk: SettlementDesk, clock: WallClock, logger: Logger) {
    self.desk = desk
    self.clock = clock
    log = ReconciliationLog(logger: logger)
  }

  /// The days of a provider to be compared: yesterday in the provider's zone, and every earlier day
  /// since the first that was compared, or else since the first payment, that was not brought to an
  /// end, as far back as providers keep their books.
  public func dueDays(
    of provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) -> [BookDay] {
    let now = clock.now()
    let yesterday = BookDay.yesterday(now, in: provider.bookZone)
    let oldest = yesterday.adding(days: -Self.catchUpDaysMax)
    let known = try ReconciliationRun.days(
      of: provider.method, from: oldest, to: yesterday, at: now, in: &connection)
    let first = try firstDay(of: provider, on: &connection)
    var days: [BookDay] = []
    var day = max(oldest, min(yesterday, first ?? yesterday))
    while day <= yesterday {
      if known[day] != true { days.append(day) }
      day = day.adding(days: 1)
    }
    return days
  }

  /// The day from which on the books have to be compared; nil while there was nothing to compare.
  private func firstDay(
    of provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) -> BookDay? {
    if let first = try ReconciliationRun.firstDay(of: provider.method, in: &connection) {
      return first
    }
    let paidAt = try connection.first(
      "SELECT MIN(succeeded_at) FROM payments WHERE provider = \(provider.method)",
      as: Timestamp?.self)
    return (paidAt ?? nil).map { BookDay($0, in: provider.bookZone) }
  }

  /// Days that are made up for when nights were missed: WeChat Pay keeps its books for three months,
  /// the others for longer.
  public static let catchUpDaysMax: Int64 = 89

  /// Compares one day.
  ///
  /// - Parameter progress: is told how many lines were compared so far.
  /// - Throws: trouble with the database; what was compared stays, and running again goes on.
  public func run(
    _ provider: any PaymentProvider, of day: BookDay, on connection: inout Connection,
    progress: (Int64) -> Void
  ) throws(DatabaseError) -> ReconciliationOutcome {
    provider.learnAccount()
    let end = day.end(in: provider.bookZone)
    guard clock.now() >= end else { return .notReady }
    let outcome = try connection.withNamedLock(
      "coinpay_reconcile_\(provider.method)_\(day)", timeoutSeconds: Self.lockTimeoutSeconds
    ) { (connection: inout Connection) throws(DatabaseError) -> ReconciliationOutcome in
      let run = try ReconciliationRun.begin(
        provider.method, day, on: &connection, at: clock.now())
      do throws(DatabaseError) {
        return try compare(provider, day, run, on: &connection, progress)
      } catch {
        try? ReconciliationRun.end(
          run, .failed, cause: Cause(.unavailable, "the database failed"), on: &connection,
          at: clock.now())
        throw error
      }
    }
    return outcome ?? .busy
  }

  private func compare(
    _ provider: any PaymentProvider, _ day: BookDay, _ run: Int64,
    on connection: inout Connection, _ progress: (Int64) -> Void
  ) throws(DatabaseError) -> ReconciliationOutcome {
    var comparison = BookComparison(
      provider, run: run, day: day, desk: desk, clock: clock)
    var trouble: DatabaseError?
    let outcome = CallPurpose.during(.books) {
      provider.readBooks(of: day, now: clock.now()) { (lines) throws(BooksStopped) in
        do throws(DatabaseError) {
          try comparison.take(lines, on: &connection)
        } catch {
          trouble = error
          throw BooksStopped()
        }
        progress(comparison.lines)
      }
    }
    if let trouble { throw trouble }
    switch outcome {
    case .notReady:
      try ReconciliationRun.end(run, .notReady, on: &connection, at: clock.now())
      return .notReady
    case .unknown(let cause):
      try ReconciliationRun.end(run, .failed, cause: cause, on: &connection, at: clock.now())
      log.failed(provider.method, day, cause)
      return .failed(cause)
    case .complete(_, let unreadable):
      try comparison.finish(on: &connection)
      if !unreadable.isEmpty { log.unreadable(provider.method, day, unreadable) }
      return .complete(try finish(provider, day, comparison, unreadable, on: &connection))
    case .empty:
      try comparison.finish(on: &connection)
      return .complete(
        try finish(provider, day, comparison, UnreadableLines(), on: &connection))
    }
  }

  private func finish(
    _ provider: any PaymentProvider, _ day: BookDay, _ comparison: BookComparison,
    _ unreadable: UnreadableLines, on connection: inout Connection
  ) throws(DatabaseError) -> ReconciliationRun {
    let known = try ReconciliationRun.days(
      of: provider.method, from: day.adding(days: -DayCoverage.daysBefore),
      to: day.adding(days: 1), at: clock.now(), in: &connection)
    let missing = MissingThere(
      provider, run: comparison.run, day: day, complete: Set(known.filter(\.value).keys))
    _ = try missing.find(on: &connection, at: clock.now())
    try SettledItems.resolve(
      "i.run_id = \(comparison.run)", in: &connection, at: clock.now())
    try SettledItems.resolveFound(provider.method, in: &connection, at: clock.now())
    try SettledItems.resolveSettled(provider.method, in: &connection, at: clock.now())
    try ReconciliationRun.complete(
      comparison.run, lines: comparison.lines, foreign: comparison.foreignLines,
      unreadable: unreadable, on: &connection, at: clock.now())
    try alarm(provider.method, comparison.run, on: &connection)
    guard let run = try ReconciliationRun.find(comparison.run, in: &connection) else {
      throw DatabaseError.inconsistent("run \(comparison.run) is gone")
    }
    log.complete(run)
    return run
  }

  /// Alarms about each open difference of a run once.
  private func alarm(
    _ provider: PaymentMethod, _ run: Int64, on connection: inout Connection
  ) throws(DatabaseError) {
    var last: Int64 = 0
    var count = 0
    while true {
      let items = try ReconciliationItem.items(
        """
        WHERE i.run_id = \(run) AND i.resolved_at IS NULL AND i.alarmed_at IS NULL
          AND i.id > \(last) ORDER BY i.id LIMIT \(ReconciliationItem.pageItemsMax)
        """, in: &connection)
      guard let end = items.last else { break }
      for item in items.prefix(max(0, ReconciliationLog.alarmLinesMax - count)) {
        log.alarm(item)
      }
      _ = try connection.execute(
        """
        UPDATE reconciliation_items SET alarmed_at = \(clock.now())
        WHERE id IN \(list: items.map(\.id))
        """)
      count += items.count
      last = end.id
    }
    if count > ReconciliationLog.alarmLinesMax { log.manyAlarms(provider, run, count) }
  }
}
