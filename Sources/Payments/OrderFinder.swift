public import Database
public import Vocabulary

/// Finds orders by the numbers of what belongs to them.
public enum OrderFinder {
  private static let ordersMax = 100

  /// The orders with a payment, refund or dispute of that number, ours or the provider's.
  ///
  /// - Parameter providers: those of which payments are looked for.
  public static func orders(
    of number: String, by providers: [PaymentMethod],
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OrderID] {
    guard number.fitsASCIIColumn, !providers.isEmpty else { return [] }
    return try executor.all(
      """
      SELECT order_id FROM payments
      WHERE provider IN \(list: providers) AND out_trade_no = \(number)
      UNION SELECT order_id FROM payments
      WHERE provider IN \(list: providers) AND provider_txn_id = \(number)
      UNION SELECT p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id
      WHERE r.out_request_no = \(number)
      UNION SELECT p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id
      WHERE r.provider_refund_id = \(number)
      UNION SELECT p.order_id FROM disputes d JOIN payments p ON p.id = d.payment_id
      WHERE d.dispute_id = \(number)
      LIMIT \(ordersMax)
      """, as: OrderID.self)
  }
}
