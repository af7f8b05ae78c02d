public import Database
public import Provider
public import Vocabulary

/// Money that arrived and that no order can be credited with, until somebody has found out what it is.
public enum Suspense {
  /// An entry older than this is alarmed about, and again after as long.
  static let alarmSeconds: Int64 = 86_400
  /// Entries that one look takes.
  static let batchRowsMax = 100

  public struct Entry: Hashable, Sendable {
    public let id: Int64
    public let provider: PaymentMethod
    public let outTradeNo: String?
    public let providerTransactionID: String?
    public let reason: String
    public let amount: ReportedAmount
    public let createdAt: Timestamp
  }

  /// Books the successes of a group that no order was credited with, and closes the entries of those
  /// that the provider has confirmed meanwhile.
  static func note(
    _ settled: [Settlement.Settled], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    for item in settled {
      guard let amount = item.inboxEvent.event.kind.paid else { continue }
      if item.isConfirmation {
        try resolve(
          unconfirmed, ofPaymentOf: item.inboxEvent.id, "the provider confirmed it",
          in: &transaction, at: moment)
      }
      if item.wasReturned, item.outcome == .credited || item.outcome == .duplicate {
        try resolve(
          Mismatch.refunded.rawValue, ofPaymentOf: item.inboxEvent.id,
          "what was given back is known", in: &transaction, at: moment)
      }
      guard let reason = item.outcome.suspenseReason?.rawValue else { continue }
      _ = try transaction.execute(
        """
        INSERT INTO suspense_entries (event_id, reason, amount, currency, created_at)
        VALUES (\(item.inboxEvent.id), \(reason), \(amount.minorUnits), \(amount.currencyCode),
          \(moment))
        """)
    }
  }

  private static let paidTwice = SuspenseReason.paidTwice.rawValue
  private static let unconfirmed = SuspenseReason.unconfirmed.rawValue

  private static func resolve(
    _ reason: String, ofPaymentOf eventID: EventID, _ resolution: String,
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE suspense_entries s JOIN payment_events e ON e.id = s.event_id
        JOIN payment_events c ON c.payment_id = e.payment_id AND c.id = \(eventID)
      SET s.resolved_at = \(moment), s.resolution = \(resolution), s.actor = 'system'
      WHERE s.reason = \(reason) AND s.resolved_at IS NULL
      """)
  }

  /// The entry of a payment that was the second one of its order is open until its money is back, and
  /// again when the provider takes that back.
  static func notePaidTwice(
    _ paymentID: PaymentID, isBack: Bool, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let state: SQL =
      isBack
      ? "s.resolved_at = \(moment), s.resolution = 'given back', s.actor = 'system'"
      : "s.resolved_at = NULL, s.resolution = NULL, s.actor = NULL"
    // What an operator resolved stays resolved.
    let whose: SQL = isBack ? "s.resolved_at IS NULL" : "s.actor = 'system'"
    _ = try transaction.execute(
      """
      UPDATE suspense_entries s JOIN payment_events e ON e.id = s.event_id
      SET \(state) WHERE e.payment_id = \(paymentID) AND s.reason = \(paidTwice) AND \(whose)
      """)
  }

  /// The entries that nobody has resolved, oldest first.
  /// Entries that nobody has resolved.
  public static func openCount(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try executor.first(
      "SELECT COUNT(*) FROM suspense_entries WHERE resolved_at IS NULL", as: Int64.self) ?? 0
  }

  public static func open(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Entry] {
    try entries("WHERE s.resolved_at IS NULL ORDER BY s.id LIMIT \(batchRowsMax)", in: &executor)
  }

  /// The payments of an order whose money is in suspense.
  static func openPayments(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Set<PaymentID> {
    Set(
      try executor.all(
        """
        SELECT p.id FROM payments p JOIN payment_events e ON e.payment_id = p.id
          JOIN suspense_entries s ON s.event_id = e.id
        WHERE p.order_id = \(orderID) AND s.resolved_at IS NULL
        """, as: PaymentID.self))
  }

  /// Which of a provider's numbers of payments have money in suspense, or had. What only waits for the
  /// provider to confirm it is not among them: the provider's books confirm it.
  ///
  /// - Parameter numbers: 1…`SQL.listValuesMax`, of either kind.
  public static func numbers(
    among numbers: [String], of provider: PaymentMethod,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Set<String> {
    let rows = try executor.all(
      """
      SELECT e.provider_txn_id, e.out_trade_no
      FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id
      WHERE e.provider = \(provider) AND s.reason <> \(unconfirmed)
        AND (e.provider_txn_id IN \(list: numbers)
        OR (e.provider_txn_id IS NULL AND e.out_trade_no IN \(list: numbers)))
      """, as: (String?, String?).self)
    return Set(rows.compactMap { $0.0 ?? $0.1 })
  }

  /// Writes down what became of an entry. What an operator does is `OpenMatter.resolve`.
  /// - Returns: false when there is no such open entry.
  public static func close(
    _ id: Int64, resolution: String, actor: String, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    let result = try transaction.execute(
      """
      UPDATE suspense_entries SET resolved_at = \(moment), resolution = \(resolution),
        actor = \(actor) WHERE id = \(id) AND resolved_at IS NULL
      """)
    return result.affectedRows == 1
  }

  /// Takes the entries that are to be alarmed about now.
  static func takeOverdue(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> [Entry] {
    let limit = moment.adding(seconds: -alarmSeconds)
    let overdue = try entries(
      """
      WHERE s.resolved_at IS NULL AND s.created_at < \(limit)
        AND (s.alarmed_at IS NULL
          OR \(Schedule(longestPauseSeconds: alarmSeconds).isOver(since: "s.alarmed_at", at: moment)))
      ORDER BY s.id LIMIT \(batchRowsMax) FOR UPDATE SKIP LOCKED
      """, in: &transaction)
    guard !overdue.isEmpty else { return [] }
    _ = try transaction.execute(
      """
      UPDATE suspense_entries SET alarmed_at = \(moment) WHERE id IN \(list: overdue.map(\.id))
      """)
    return overdue
  }

  private static func entries(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Entry] {
    let rows = try executor.all(
      """
      SELECT s.id, e.provider, e.out_trade_no, e.provider_txn_id, s.reason, s.amount, s.currency,
        s.created_at
      FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id \(condition)
      """,
      as: (
        Int64, PaymentMethod, String?, String?, String, Int64, String, Timestamp
      ).self)
    return rows.map { row in
      Entry(
        id: row.0, provider: row.1, outTradeNo: row.2, providerTransactionID: row.3,
        reason: row.4, amount: ReportedAmount(minorUnits: row.5, currencyCode: row.6),
        createdAt: row.7)
    }
  }
}

extension Settlement.Settled {
  /// Whether the provider said itself, when it was asked, that a payment succeeded.
  fileprivate var isConfirmation: Bool {
    inboxEvent.event.source != .notification && (outcome == .credited || outcome == .duplicate)
  }
}

extension ProviderEvent.Kind {
  /// What arrived, whatever became of it since.
  fileprivate var paid: ReportedAmount? {
    switch self {
    case .succeeded(let amount), .refunded(let amount): amount
    case .failed, .attemptFailed, .closed, .pending, .refund, .dispute, .changed: nil
    }
  }
}
