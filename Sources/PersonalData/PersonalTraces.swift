import Database
import Ledger
import Vocabulary

/// Where a user's orders hold more than the books need.
enum PersonalTraces {
  /// An event is linked to its payment by settling it; one that waits, or that an operator discarded,
  /// only has the payment's numbers.
  private static let eventIsOfPayment: SQL = """
    (e.payment_id = p.id OR e.payment_id IS NULL) AND (e.payment_id IS NOT NULL
      OR (e.provider = p.provider AND (e.out_trade_no = p.out_trade_no
        OR e.provider_txn_id = p.provider_txn_id)))
    """

  /// Erases the raw notifications that cannot be needed as evidence any more.
  /// - Returns: how many.
  static func eraseNotifications(
    of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    try erase(
      """
      SELECT e.id FROM coin_orders o JOIN payments p ON p.order_id = o.id
      JOIN payment_events e ON \(eventIsOfPayment)
      WHERE o.user_id = \(userID) AND e.body IS NOT NULL AND e.state = 'SETTLED'
        AND p.status NOT IN ('STARTING', 'PENDING', 'SUSPICIOUS')
        AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id
          AND r.status IN ('REQUESTED', 'PENDING'))
        AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id
          AND d.status IN ('INQUIRY', 'OPENED'))
        AND NOT EXISTS (SELECT 1 FROM suspense_entries s WHERE s.event_id = e.id
          AND s.resolved_at IS NULL)
      LIMIT \(Erasure.batchRowsMax)
      """, "UPDATE payment_events SET body = NULL WHERE id = ?", on: &connection)
  }

  /// Raw notifications that are there still.
  static func notifications(
    of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int {
    let count = try executor.first(
      """
      SELECT COUNT(*) FROM coin_orders o JOIN payments p ON p.order_id = o.id
      JOIN payment_events e ON \(eventIsOfPayment)
      WHERE o.user_id = \(userID) AND e.body IS NOT NULL
      """, as: Int64.self)
    return Int(count ?? 0)
  }

  /// What a program of the user chose to know its requests by.
  static func eraseKeys(
    of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try erase(
      """
      SELECT id FROM coin_orders WHERE user_id = \(userID) AND idempotency_key IS NOT NULL
      LIMIT \(Erasure.batchRowsMax)
      """, "UPDATE coin_orders SET idempotency_key = NULL, request_hash = NULL WHERE id = ?",
      on: &connection)
  }

  /// How the user was to pay, and what the provider was told of them.
  static func erasePresentations(
    of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try erase(
      """
      SELECT p.id FROM coin_orders o JOIN payments p ON p.order_id = o.id
      WHERE o.user_id = \(userID) AND (p.presentation IS NOT NULL OR p.start_request IS NOT NULL)
      LIMIT \(Erasure.batchRowsMax)
      """, "UPDATE payments SET presentation = NULL, start_request = NULL WHERE id = ?",
      on: &connection)
  }

  static func balance(
    of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try CoinAccount.of(userID, in: &executor)?.balance ?? 0
  }

  /// Goes on until the query finds no more rows, each batch in a transaction of its own.
  private static func erase(
    _ query: SQL, _ update: StaticString, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    var count = 0
    while true {
      let ids = try connection.all(query, as: Int64.self)
      guard !ids.isEmpty else { return count }
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        try transaction.executeBulk(update, rows: ids.sorted().map { [$0] }, expecting: .any)
        return .commit(())
      }
      count += ids.count
    }
  }
}
