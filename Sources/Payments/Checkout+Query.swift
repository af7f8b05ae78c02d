import Controls
public import Database
public import Orders
public import Provider
public import Vocabulary

/// What somebody who waits for a payment is told beside the order's state.
public struct PaymentOutlook: Sendable {
  /// When a provider is asked next without anybody's doing; nil when nothing is open.
  public let nextQueryAt: Timestamp?
  /// Why the last attempt to pay failed, unless another one began after it.
  public let cause: Cause?
}

extension Checkout {
  /// A user watches a pending order: its open payments become due to be asked about, unless that was
  /// done a moment ago.
  public func watch(
    _ order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) {
    let moment = clock.now()
    _ = try connection.execute(
      """
      UPDATE payments SET next_query_at = \(moment)
      WHERE order_id = \(order.id) AND status IN ('STARTING', 'PENDING')
        AND next_query_at > \(moment)
        AND \(QuerySchedule.watched.isOver(since: "COALESCE(queried_at, created_at)", at: moment))
      """)
  }

  /// A user says that an order is paid: its open payments are asked about at once, each at most once
  /// in `QuerySchedule.watched`, and the answers settled; none while settlement is stopped.
  public func askNow(
    _ order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) {
    guard !controls.current.settlementIsStopped else { return }
    for payment in try Payment.list(of: order.id, in: &connection) where payment.facts.isOpen {
      guard let provider = registry.provider(of: payment.facts), provider.isAvailable,
        try claimQuestion(about: payment, on: &connection),
        budget.spend(order.userID) == nil
      else { continue }
      ask(provider, about: payment)
    }
  }

  /// - Returns: false when the provider was asked a moment ago.
  private func claimQuestion(
    about payment: Payment, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let moment = clock.now()
    let result = try connection.execute(
      """
      UPDATE payments SET queried_at = \(moment)
      WHERE id = \(payment.id) AND status IN ('STARTING', 'PENDING')
        AND (queried_at IS NULL OR \(QuerySchedule.watched.isOver(since: "queried_at", at: moment)))
      """)
    return result.affectedRows == 1
  }

  /// Which payments of a user's order are looked at by hand: money of theirs may be there that only an operator
  /// can bring to the order. It is at an account that nobody can ask, or is in suspense because its news
  /// contradict what was stored; what was given back meanwhile is waited for no longer. An order that has its
  /// coins needs nothing more.
  public func lookedAt(
    _ payments: [Payment], of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> Set<PaymentID> {
    guard !order.storedStatus.wasCredited else { return [] }
    let left = payments.filter { $0.facts.isOpen && registry.provider(of: $0.facts) == nil }
    let held = payments.filter { $0.facts.status == .suspicious && !$0.facts.isReturned }
    guard !held.isEmpty else { return Set(left.map(\.id)) }
    let suspended = try Suspense.openPayments(of: order.id, in: &connection)
    return suspended.intersection(held.map(\.id)).union(left.map(\.id))
  }

  /// Whether any payment of a user's order is looked at by hand.
  public func isLookedAt(
    _ order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let payments = try Payment.list(of: order.id, in: &connection)
    return try !lookedAt(payments, of: order, on: &connection).isEmpty
  }

  /// What the tables say about how a user's order goes on.
  public func outlook(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> PaymentOutlook {
    let nextQueryAt = try connection.first(
      """
      SELECT MIN(next_query_at) FROM payments
      WHERE order_id = \(order.id) AND status IN ('STARTING', 'PENDING')
      """, as: Timestamp?.self)
    let failure = try connection.first(
      """
      SELECT e.cause FROM payments p JOIN payment_events e ON e.payment_id = p.id
      WHERE p.order_id = \(order.id) AND e.kind IN ('FAILED', 'ATTEMPT_FAILED')
        AND p.attempt = (SELECT MAX(attempt) FROM payments WHERE order_id = \(order.id))
      ORDER BY e.id DESC LIMIT 1
      """, as: String?.self)
    return PaymentOutlook(
      nextQueryAt: nextQueryAt ?? nil, cause: failure?.map { Cause(stored: $0) })
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
