import Database
import Provider
import Vocabulary

/// Counts quarters from the rows that they are about.
struct StatisticsCount {
  /// Quarters of one day, from the first up to but not including the last.
  let range: Range<Quarter>

  private struct Key: Hashable {
    let quarter: Quarter
    let provider: PaymentMethod
    let currency: Currency
  }

  private struct Item: Hashable {
    let quarter: Quarter
    let figure: String
    let provider: PaymentMethod
    let item: String
  }

  /// Counts the latest day of UTC that has stale quarters, and the earliest one: news of today neither
  /// waits for old days nor keeps them waiting.
  /// - Returns: whether there are others.
  static func countTwoDays(on connection: inout Connection) throws(DatabaseError) -> Bool {
    guard try countDay(of: "SELECT MAX(quarter) FROM statistics_stale", on: &connection) else {
      return false
    }
    return try countDay(of: "SELECT MIN(quarter) FROM statistics_stale", on: &connection)
  }

  /// Counts the stale quarters of a day.
  /// - Parameter choice: gives a stale quarter of the day.
  /// - Returns: whether other days have stale quarters.
  private static func countDay(
    of choice: SQL, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let chosen = try transaction.first(choice, as: Quarter?.self)
      guard case .some(.some(let quarter)) = chosen else { return .rollback(false) }
      let day = quarter.dayStart..<quarter.dayStart.adding(Quarter.perDay)
      let stale = try transaction.first(
        """
        SELECT MIN(quarter), MAX(quarter) FROM statistics_stale
        WHERE quarter >= \(day.lowerBound) AND quarter < \(day.upperBound)
        """, as: (Quarter, Quarter).self)
      let (first, last) = stale ?? (quarter, quarter)
      let count = StatisticsCount(range: first..<last.adding(1))
      _ = try transaction.execute(
        "DELETE FROM statistics_stale WHERE quarter >= \(first) AND quarter <= \(last)")
      try count.write(in: &transaction)
      let isLeft = try transaction.first(
        "SELECT EXISTS (SELECT 1 FROM statistics_stale)", as: Bool.self)
      return .commit(isLeft ?? false)
    }
  }

  private func write(in transaction: inout Transaction) throws(DatabaseError) {
    var figures: [Key: Figures] = [:]
    try countBegun(&figures, in: &transaction)
    try countPaid(&figures, in: &transaction)
    try countRefunds(&figures, in: &transaction)
    try replaceFigures(figures, in: &transaction)
    var items: [Item: Int64] = [:]
    try countCauses(&items, in: &transaction)
    try countDurations(&items, in: &transaction)
    try replaceItems(items, in: &transaction)
  }

  private var start: Timestamp { range.lowerBound.start }
  private var end: Timestamp { range.upperBound.start }

  private func countBegun(
    _ figures: inout [Key: Figures], in transaction: inout Transaction
  ) throws(DatabaseError) {
    let rows = try transaction.all(
      """
      SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', created_at) DIV \(Quarter.seconds) AS quarter,
        provider, currency, COUNT(*),
        CAST(SUM(status IN ('SUCCEEDED', 'DUPLICATE')) AS SIGNED),
        CAST(SUM(status = 'FAILED') AS SIGNED), CAST(SUM(status = 'CLOSED') AS SIGNED)
      FROM payments WHERE created_at >= \(start) AND created_at < \(end)
      GROUP BY quarter, provider, currency
      """, as: (Quarter, PaymentMethod, Currency, Int64, Int64, Int64, Int64).self)
    for row in rows {
      let key = Key(quarter: row.0, provider: row.1, currency: row.2)
      figures[key, default: Figures()].begun = row.3
      figures[key]?.begunSucceeded = row.4
      figures[key]?.begunFailed = row.5
      figures[key]?.begunClosed = row.6
    }
  }

  private func countPaid(
    _ figures: inout [Key: Figures], in transaction: inout Transaction
  ) throws(DatabaseError) {
    let rows = try transaction.all(
      """
      SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', succeeded_at) DIV \(Quarter.seconds) AS quarter,
        provider, currency, status = 'DUPLICATE' AS is_duplicate, COUNT(*),
        CAST(SUM(amount) AS SIGNED)
      FROM payments WHERE succeeded_at >= \(start) AND succeeded_at < \(end)
      GROUP BY quarter, provider, currency, is_duplicate
      """, as: (Quarter, PaymentMethod, Currency, Bool, Int64, Int64).self)
    for row in rows {
      let key = Key(quarter: row.0, provider: row.1, currency: row.2)
      var known = figures[key] ?? Figures()
      if row.3 {
        (known.duplicates, known.duplicatesAmount) = (row.4, row.5)
      } else {
        (known.paid, known.paidAmount) = (row.4, row.5)
      }
      figures[key] = known
    }
  }

  private func countRefunds(
    _ figures: inout [Key: Figures], in transaction: inout Transaction
  ) throws(DatabaseError) {
    let rows = try transaction.all(
      """
      SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', r.created_at) DIV \(Quarter.seconds) AS quarter,
        p.provider, r.currency, CAST(SUM(r.status <> 'FAILED') AS SIGNED),
        CAST(SUM(r.status = 'SUCCEEDED') AS SIGNED),
        CAST(SUM(IF(r.status = 'SUCCEEDED', r.amount, 0)) AS SIGNED)
      FROM refunds r JOIN payments p ON p.id = r.payment_id
      WHERE r.created_at >= \(start) AND r.created_at < \(end) AND p.status <> 'DUPLICATE'
      GROUP BY quarter, p.provider, r.currency
      """, as: (Quarter, PaymentMethod, Currency, Int64, Int64, Int64).self)
    for row in rows {
      let key = Key(quarter: row.0, provider: row.1, currency: row.2)
      figures[key, default: Figures()].refunds = row.3
      figures[key]?.refunded = row.4
      figures[key]?.refundedAmount = row.5
    }
  }

  private func replaceFigures(
    _ figures: [Key: Figures], in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      DELETE FROM statistics_quarters
      WHERE quarter >= \(range.lowerBound) AND quarter < \(range.upperBound)
      """)
    // A quarter in which only a refund was asked for that failed has nothing to say.
    let figures = figures.filter { $0.value != Figures() }
    guard !figures.isEmpty else { return }
    let rows = figures.map { key, value -> [any Bindable] in
      [
        key.quarter, key.provider, key.currency, value.begun, value.begunSucceeded,
        value.begunFailed, value.begunClosed, value.paid, value.paidAmount, value.duplicates,
        value.duplicatesAmount, value.refunds, value.refunded, value.refundedAmount,
      ]
    }
    try transaction.executeBulk(
      """
      INSERT INTO statistics_quarters (quarter, provider, currency, begun, begun_succeeded,
        begun_failed, begun_closed, paid, paid_amount, duplicates, duplicates_amount, refunds,
        refunded, refunded_amount)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, rows: rows)
  }

  /// Payments that ended without money by when they were begun, and attempts that were refused while
  /// their payment stayed open by when that was reported.
  private func countCauses(
    _ items: inout [Item: Int64], in transaction: inout Transaction
  ) throws(DatabaseError) {
    let rows = try transaction.all(
      """
      SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', created_at) DIV \(Quarter.seconds) AS quarter,
        provider, SUBSTRING_INDEX(COALESCE(cause, ''), ':', 1) AS cause_kind, COUNT(*)
      FROM payments WHERE created_at >= \(start) AND created_at < \(end)
        AND status IN ('FAILED', 'CLOSED')
      GROUP BY quarter, provider, cause_kind
      UNION ALL
      SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', received_at) DIV \(Quarter.seconds) AS quarter,
        provider, SUBSTRING_INDEX(COALESCE(cause, ''), ':', 1) AS cause_kind, COUNT(*)
      FROM payment_events WHERE kind = 'ATTEMPT_FAILED'
        AND received_at >= \(start) AND received_at < \(end)
      GROUP BY quarter, provider, cause_kind
      """, as: (Quarter, PaymentMethod, String, Int64).self)
    for row in rows {
      let kind = Cause(stored: row.2).kind.rawValue
      let item = Item(quarter: row.0, figure: "CAUSE", provider: row.1, item: kind)
      items[item, default: 0] += row.3
    }
  }

  /// `DurationClass` says which durations are counted together; both change together or not at all.
  private func countDurations(
    _ items: inout [Item: Int64], in transaction: inout Transaction
  ) throws(DatabaseError) {
    let rows = try transaction.all(
      """
      SELECT quarter, provider,
        CAST(IF(ms < 16, ms, (LENGTH(BIN(ms)) - 5) * 16 + (ms >> (LENGTH(BIN(ms)) - 5))) AS SIGNED)
          AS class, COUNT(*)
      FROM (
        SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', p.succeeded_at) DIV \(Quarter.seconds) AS quarter,
          p.provider,
          GREATEST(0, TIMESTAMPDIFF(MICROSECOND, o.created_at, o.paid_at) DIV 1000) AS ms
        FROM payments p JOIN coin_orders o ON o.id = p.order_id
        WHERE p.succeeded_at >= \(start) AND p.succeeded_at < \(end) AND p.status = 'SUCCEEDED'
          AND o.paid_at IS NOT NULL) d
      GROUP BY quarter, provider, class
      """, as: (Quarter, PaymentMethod, Int64, Int64).self)
    for row in rows {
      let item = Item(
        quarter: row.0, figure: "DURATION", provider: row.1, item: String(row.2))
      items[item, default: 0] += row.3
    }
  }

  private func replaceItems(
    _ items: [Item: Int64], in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      DELETE FROM statistics_counts
      WHERE span = 'Q' AND quarter >= \(range.lowerBound) AND quarter < \(range.upperBound)
      """)
    if !items.isEmpty {
      let rows = items.map { item, count -> [any Bindable] in
        [item.quarter, item.figure, item.provider, item.item, count]
      }
      try transaction.executeBulk(
        """
        INSERT INTO statistics_counts (span, quarter, figure, provider, item, count)
        VALUES ('Q', ?, ?, ?, ?, ?)
        """, rows: rows)
    }
    let day = range.lowerBound.dayStart
    _ = try transaction.execute(
      "DELETE FROM statistics_counts WHERE span = 'D' AND quarter = \(day)")
    _ = try transaction.execute(
      """
      INSERT INTO statistics_counts (span, quarter, figure, provider, item, count)
      SELECT 'D', \(day), figure, provider, item, SUM(count) FROM statistics_counts
      WHERE span = 'Q' AND quarter >= \(day) AND quarter < \(day.adding(Quarter.perDay))
      GROUP BY figure, provider, item
      """)
  }
}
