import Database
import Payments
import Provider
import Vocabulary

/// Finds what is booked here and in no day's books, once every day that may hold it was read.
struct MissingThere {
  let provider: PaymentMethod
  let account: ProviderAccount
  let run: Int64
  let coverage: DayCoverage
  /// Bounds of the time at which we booked what is looked at: the day, and what came late.
  let bookedFrom: Timestamp
  let bookedUntil: Timestamp

  /// Rows that one query gives.
  private static let pageRowsMax = 500

  /// - Parameters:
  ///   - day: the day that was read.
  ///   - complete: the days that were read before.
  init(
    _ provider: any PaymentProvider, run: Int64, day: BookDay, complete: Set<BookDay>
  ) {
    self.provider = provider.method
    account = provider.account
    self.run = run
    coverage = DayCoverage(of: day, in: provider.bookZone, complete: complete)
    bookedFrom = day.start(in: provider.bookZone)
      .adding(seconds: -2 * DayCoverage.toleranceSeconds)
    bookedUntil = day.adding(days: 2).start(in: provider.bookZone)
      .adding(seconds: DayCoverage.toleranceSeconds)
  }

  private typealias Row = (
    id: Int64, payment: PaymentID, outTradeNo: String, transaction: String?, requestNo: String?,
    refundID: String?, status: String, amount: Int64, currency: String, at: Timestamp
  )

  /// - Returns: how many were found.
  func find(on connection: inout Connection, at moment: Timestamp) throws(DatabaseError) -> Int {
    var count = 0
    for subject in [BookLine.Kind.payment, .refund] {
      var (last, lastID) = (bookedFrom, Int64(0))
      while true {
        let rows =
          subject == .payment
          ? try payments(after: last, lastID, on: &connection)
          : try refunds(after: last, lastID, on: &connection)
        guard let end = rows.last else { break }
        (last, lastID) = (end.at, end.id)
        try write(rows.map { item($0, subject) }, on: &connection, at: moment)
        count += rows.count
      }
    }
    return count
  }

  private func payments(
    after last: Timestamp, _ lastID: Int64, on connection: inout Connection
  ) throws(DatabaseError) -> [Row] {
    try connection.all(
      """
      SELECT p.id, p.id, p.out_trade_no, p.provider_txn_id, NULL, NULL, p.status, p.amount,
        p.currency, p.succeeded_at
      FROM payments p
      JOIN payment_events e ON e.payment_id = p.id AND e.outcome IN ('CREDITED', 'DUPLICATE')
      LEFT JOIN reconciliation_matches m
        ON m.subject = \(BookMark.paymentLetter) AND m.subject_id = p.id
      WHERE p.provider = \(provider) AND p.succeeded_at < \(bookedUntil)
        AND p.succeeded_at >= \(last) AND (p.succeeded_at > \(last) OR p.id > \(lastID))
        AND \(account.holdsPayment)
        AND m.subject_id IS NULL
        AND e.occurred_at >= \(coverage.from) AND e.occurred_at < \(coverage.until)
      ORDER BY p.succeeded_at, p.id LIMIT \(Self.pageRowsMax)
      """,
      as: (
        Int64, PaymentID, String, String?, String?, String?, String, Int64, String, Timestamp
      ).self)
  }

  /// A refund's line may stand on any day from the one on which it was asked for.
  private func refunds(
    after last: Timestamp, _ lastID: Int64, on connection: inout Connection
  ) throws(DatabaseError) -> [Row] {
    try connection.all(
      """
      SELECT r.id, p.id, p.out_trade_no, p.provider_txn_id, r.out_request_no,
        r.provider_refund_id, r.status, r.amount, r.currency, r.updated_at
      FROM refunds r JOIN payments p ON p.id = r.payment_id
      LEFT JOIN reconciliation_matches m
        ON m.subject = \(BookMark.refundLetter) AND m.subject_id = r.id
      WHERE r.status = 'SUCCEEDED' AND r.updated_at < \(bookedUntil)
        AND r.updated_at >= \(last) AND (r.updated_at > \(last) OR r.id > \(lastID))
        AND p.provider = \(provider)
        AND \(account.holdsPayment)
        AND m.subject_id IS NULL
        AND r.created_at >= \(coverage.from) AND r.updated_at < \(coverage.until)
      ORDER BY r.updated_at, r.id LIMIT \(Self.pageRowsMax)
      """,
      as: (
        Int64, PaymentID, String, String?, String?, String?, String, Int64, String, Timestamp
      ).self)
  }

  private func item(_ row: Row, _ subject: BookLine.Kind) -> NewItem {
    NewItem(
      kind: .missingThere, subject: subject, name: row.requestNo ?? row.outTradeNo,
      paymentID: row.payment, refundID: subject == .refund ? RefundID(row.id) : nil,
      outTradeNo: row.outTradeNo, providerTransactionID: row.transaction,
      outRequestNo: row.requestNo, providerRefundID: row.refundID,
      ours: .init(
        status: row.status,
        amount: ReportedAmount(minorUnits: row.amount, currencyCode: row.currency)),
      occurredAt: row.at)
  }

  private func write(
    _ items: [NewItem], on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try NewItem.insert(items, run: run, provider: provider, in: &transaction, at: moment)
      return .commit(())
    }
  }
}
