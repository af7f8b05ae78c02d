import Controls
public import Database
import Logging
import Orders
import Threads
public import Vocabulary

extension Caretaker {
  /// Alarms about money in suspense that nobody has looked after for a day.
  public func alarmAboutSuspense(on connection: inout Connection) throws(DatabaseError) {
    let moment = clock.now()
    let overdue = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[Suspense.Entry]> in
      let overdue = try Suspense.takeOverdue(in: &transaction, at: moment)
      return overdue.isEmpty ? .rollback([]) : .commit(overdue)
    }
    for entry in overdue {
      logger.critical(
        "money has been in suspense for more than a day; find out whose it is and resolve it",
        metadata: [
          "suspense": "\(entry.id)", "provider": "\(entry.provider)", "reason": "\(entry.reason)",
          "out_trade_no": "\(entry.outTradeNo ?? "-")", "since": "\(entry.createdAt)",
        ])
    }
  }

  /// Orders that one sweep ends.
  public static let expiredOrdersMax = 256

  /// Writes down that pending orders have come to their end, and makes their payments due to be asked
  /// about a last time and closed.
  /// - Returns: the number of orders; fewer than `expiredOrdersMax` means that no more are waiting.
  public func expireOrders(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    let count = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(0) }
      let ids = try transaction.all(
        """
        SELECT id FROM coin_orders WHERE status = 'PENDING' AND expires_at <= \(moment)
        ORDER BY id LIMIT \(Self.expiredOrdersMax) FOR UPDATE SKIP LOCKED
        """, as: OrderID.self)
      guard !ids.isEmpty else { return .rollback(0) }
      _ = try transaction.execute(
        """
        UPDATE coin_orders SET status = 'EXPIRED', updated_at = \(moment)
        WHERE id IN \(list: ids)
        """)
      _ = try transaction.execute(
        """
        UPDATE payments SET next_query_at = \(moment), queries = 0
        WHERE order_id IN \(list: ids) AND status IN ('STARTING', 'PENDING')
        """)
      let history = ids.map { id in
        Transition(
          orderID: id, change: .order(from: .pending, to: .expired), actor: "system",
          cause: "expired")
      }
      try Transition.record(history, in: &transaction, at: moment)
      return .commit(ids.count)
    }
    if count > 0 { FaultPoint.orderExpired.reached() }
    return count
  }
}

extension Caretaker {
  /// How many orders should have come to their end before a moment; none while settlement is stopped.
  public func countOverdueOrders(
    before moment: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Int> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(0) }
      let count = try transaction.first(
        "SELECT COUNT(*) FROM coin_orders WHERE status = 'PENDING' AND expires_at <= \(moment)",
        as: Int64.self)
      return .rollback(Int(count ?? 0))
    }
  }
}
