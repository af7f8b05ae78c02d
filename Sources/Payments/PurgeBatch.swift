import Database
import Orders
import Vocabulary

/// Orders of one transaction of a purge, locked, with the rows that go with them.
struct PurgeBatch {
  private let orders: [(id: OrderID, number: OrderNumber)]
  private let payments: [PaymentID]
  private let events: [EventID]
  private let transitions: [Int64]
  private let kept: Int

  var counts: OrderPurge.Counts {
    var counts = OrderPurge.Counts()
    counts.orders = orders.count
    counts.payments = payments.count
    counts.events = events.count
    counts.transitions = transitions.count
    counts.kept = kept
    return counts
  }

  /// The first and the last order, for the record.
  var subject: String {
    guard let first = orders.first?.number, let last = orders.last?.number else { return "" }
    return first == last ? first.text : "\(first)..\(last)"
  }

  /// Locks those of the orders that still are old and unpaid and that nobody else has locked, and
  /// leaves out what has a trace of money.
  static func lock(
    _ ids: [OrderID], before cutoff: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> PurgeBatch {
    let locked = try transaction.all(
      """
      SELECT id, order_no FROM coin_orders
      WHERE id IN \(list: ids) AND status IN ('EXPIRED', 'CANCELLED', 'FAILED')
        AND paid_at IS NULL AND updated_at < \(cutoff)
      ORDER BY id FOR UPDATE SKIP LOCKED
      """, as: (OrderID, OrderNumber).self)
    let withMoney = try withTraceOfMoney(locked.map(\.0), in: &transaction)
    let orders = locked.filter { !withMoney.contains($0.0) }.map { (id: $0.0, number: $0.1) }
    guard !orders.isEmpty else {
      return PurgeBatch(
        orders: [], payments: [], events: [], transitions: [], kept: withMoney.count)
    }
    let orderIDs = orders.map(\.id)
    return PurgeBatch(
      orders: orders,
      payments: try transaction.all(
        "SELECT id FROM payments WHERE order_id IN \(list: orderIDs)", as: PaymentID.self),
      events: try transaction.all(
        """
        SELECT e.id FROM payments p JOIN payment_events e ON e.payment_id = p.id
        WHERE p.order_id IN \(list: orderIDs)
        """, as: EventID.self),
      transitions: try transaction.all(
        "SELECT id FROM order_transitions WHERE order_id IN \(list: orderIDs)", as: Int64.self),
      kept: withMoney.count)
  }

  /// Orders that have a payment which is not over or had success, a refund, a dispute, an operator's
  /// word, coins, news of money, or an event that is not settled.
  private static func withTraceOfMoney(
    _ ids: [OrderID], in transaction: inout Transaction
  ) throws(DatabaseError) -> Set<OrderID> {
    guard !ids.isEmpty else { return [] }
    let found = try transaction.all(
      """
      SELECT p.order_id FROM payments p
      WHERE p.order_id IN \(list: ids) AND (p.status NOT IN ('FAILED', 'CLOSED')
        OR p.succeeded_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id)
        OR EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id)
        OR EXISTS (SELECT 1 FROM confirmations c WHERE c.payment_id = p.id)
        OR EXISTS (SELECT 1 FROM payment_events e WHERE e.payment_id = p.id
          AND (e.state <> 'SETTLED' OR e.kind IN ('SUCCEEDED', 'REFUNDED', 'REFUND', 'DISPUTE'))))
      UNION SELECT order_id FROM ledger_entries WHERE order_id IN \(list: ids)
      """, as: OrderID.self)
    let unsettled = try transaction.all(
      """
      SELECT STRAIGHT_JOIN p.order_id FROM payment_events e
      JOIN payments p ON p.provider = e.provider AND p.out_trade_no = e.out_trade_no
      WHERE e.state IN ('PENDING', 'PARKED') AND p.order_id IN \(list: ids)
      """, as: OrderID.self)
    return Set(found + unsettled)
  }

  /// Each row is found by its primary key: nothing else is looked at, let alone locked.
  func delete(in transaction: inout Transaction) throws(DatabaseError) {
    try delete(transitions, "DELETE FROM order_transitions WHERE id = ?", in: &transaction)
    try delete(events, "DELETE FROM payment_events WHERE id = ?", in: &transaction)
    try delete(payments, "DELETE FROM payments WHERE id = ?", in: &transaction)
    try delete(orders.map(\.id), "DELETE FROM coin_orders WHERE id = ?", in: &transaction)
  }

  private func delete(
    _ ids: [some Bindable], _ text: StaticString, in transaction: inout Transaction
  ) throws(DatabaseError) {
    guard !ids.isEmpty else { return }
    try transaction.executeBulk(text, rows: ids.map { [$0] })
  }
}
