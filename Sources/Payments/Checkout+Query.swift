public import Database
public import Orders
import Provider
import Vocabulary

extension Checkout {
  /// A user watches a pending order: its open payments become due to be asked about, unless that was
  /// done a moment ago.
  public func watch(
    _ order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) {
    let moment = clock.now()
    let recently = moment.adding(seconds: -QuerySchedule.watchedPauseSeconds)
    _ = try connection.execute(
      """
      UPDATE payments SET next_query_at = \(moment)
      WHERE order_id = \(order.id) AND status IN ('STARTING', 'PENDING')
        AND next_query_at > \(moment) AND COALESCE(queried_at, created_at) < \(recently)
      """)
  }

  /// Makes an open payment due to be asked about, and lets the pauses between questions begin anew.
  func setNextQuery(
    of payment: PaymentReference, at method: PaymentMethod, _ moment: Timestamp,
    on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try connection.execute(
      """
      UPDATE payments SET next_query_at = \(moment), queries = 0
      WHERE provider = \(method) AND out_trade_no = \(payment.outTradeNo)
        AND status IN ('STARTING', 'PENDING')
      """)
  }
}
