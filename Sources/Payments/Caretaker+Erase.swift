public import Audit
public import Database
import Orders
public import Vocabulary

/// What was open of a user whose orders were closed.
public struct ClosedOrders: Hashable, Sendable {
  public internal(set) var orders = 0
  /// Payments that their providers have not closed yet; the service goes on.
  public internal(set) var openPayments = 0

  public init() {}
}

extension Caretaker {
  /// Ends every order of a user that is not paid, and closes what is open of it at the providers, like an
  /// operator who closes each. Broken off anywhere, it can be run again.
  public func closeOrders(
    of userID: UserID, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> ClosedOrders {
    var closed = ClosedOrders()
    var last = OrderID(0)
    while true {
      let numbers = try connection.all(
        """
        SELECT o.id, o.order_no FROM coin_orders o
        WHERE o.user_id = \(userID) AND o.id > \(last) AND (o.status IN ('PENDING', 'FAILED')
          OR (o.status IN ('EXPIRED', 'CANCELLED') AND EXISTS (
            SELECT 1 FROM payments p WHERE p.order_id = o.id
              AND p.status IN ('STARTING', 'PENDING'))))
        ORDER BY o.id LIMIT \(Caretaker.batchRowsMax)
        """, as: (OrderID, OrderNumber).self)
      guard let end = numbers.last else { break }
      last = end.0
      for (_, number) in numbers {
        guard let order = try CoinOrder.find(number, in: &connection) else { continue }
        _ = try close(order, by: operation, on: &connection)
        closed.orders += 1
      }
    }
    let open = try connection.first(
      """
      SELECT COUNT(*) FROM coin_orders o JOIN payments p ON p.order_id = o.id
      WHERE o.user_id = \(userID) AND p.status IN ('STARTING', 'PENDING')
      """, as: Int64.self)
    closed.openPayments = Int(open ?? 0)
    return closed
  }
}
