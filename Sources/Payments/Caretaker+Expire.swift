import Controls
public import Database
import LogLines
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
    for entry in overdue { alarm(entry) }
  }

  private func alarm(_ entry: Suspense.Entry) {
    var fields: LogFields = [
      .suspense: "\(entry.id)", .provider: "\(entry.provider)", .reason: "\(entry.reason)",
      .since: "\(entry.createdAt)",
    ]
    if let number = entry.outTradeNo {
      fields[.outTradeNumber] = "\(number)"
      fields[.orderNumber] = Payment.orderNumber(ofOutTradeNo: number).map { "\($0)" }
    }
    logger.write(
      .critical,
      "money has been in suspense for more than a day; find out whose it is and resolve it", fields)
  }

  /// Orders that one sweep ends.
  public static let expiredOrdersMax = 256

  private typealias ExpiredOrder = (OrderID, String, UserID, PaymentMethod)

  /// Writes down that pending orders have come to their end, and makes their payments due to be asked
  /// about a last time and closed.
  /// - Returns: the number of orders; fewer than `expiredOrdersMax` means that no more are waiting.
  public func expireOrders(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    let expired = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[ExpiredOrder]> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let expired = try transaction.all(
        """
        SELECT id, order_no, user_id, payment_method FROM coin_orders
        WHERE status = 'PENDING' AND expires_at <= \(moment)
        ORDER BY id LIMIT \(Self.expiredOrdersMax) FOR UPDATE SKIP LOCKED
        """, as: ExpiredOrder.self)
      guard !expired.isEmpty else { return .rollback([]) }
      let ids = expired.map { $0.0 }
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
          cause: TransitionCause.expired.rawValue)
      }
      try Transition.record(history, in: &transaction, at: moment)
      return .commit(expired)
    }
    if !expired.isEmpty { FaultPoint.orderExpired.reached() }
    for (_, number, user, method) in expired {
      logger.write(
        .info, "order expired",
        [.orderNumber: "\(number)", .user: "\(user)", .provider: "\(method)"])
    }
    return expired.count
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
