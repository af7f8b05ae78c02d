public import Database
import Orders
import Vocabulary

extension Caretaker {
  /// Orders that one sweep ends.
  public static let expiredOrdersMax = 256

  /// Writes down that pending orders have come to their end, and makes their payments due to be asked
  /// about a last time and closed.
  /// - Returns: the number of orders; fewer than `expiredOrdersMax` means that no more are waiting.
  public func expireOrders(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    return try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Int> in
      let ids = try transaction.all(
        """
        SELECT id FROM coin_orders WHERE status = 'PENDING' AND expires_at <= \(moment)
        ORDER BY id LIMIT \(Self.expiredOrdersMax) FOR UPDATE SKIP LOCKED
        """, as: OrderID.self)
      guard !ids.isEmpty else { return .commit(0) }
      _ = try transaction.execute(
        """
        UPDATE coin_orders SET status = 'EXPIRED', updated_at = \(moment)
        WHERE id IN \(list: ids)
        """)
      _ = try transaction.execute(
        """
        UPDATE payments SET next_query_at = \(moment)
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
  }
}
