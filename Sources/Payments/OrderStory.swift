import Audit
public import Database
public import Orders
import Provider
public import Vocabulary

/// Everything that is known about an order.
public struct OrderStory: Sendable {
  /// Something that happened.
  public struct Moment: Hashable, Sendable {
    public enum Kind: String, Sendable {
      case event
      case order
      case payment
      case ledger
      case suspense
      case action
    }

    public let at: Timestamp
    public let kind: Kind
    /// Who caused it, when that is recorded.
    public let actor: String?
    /// What happened, in the words of the tables.
    public let text: String
    /// Orders what happened at the same time.
    let place: Int64

    /// As a line for people.
    public var line: String {
      [kind.rawValue, text, actor ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  public let order: CoinOrder
  /// As a reader sees it now.
  public let status: OrderStatus
  public let payments: [Payment]
  public let refunds: [Refund]
  public let disputes: [Dispute]
  /// In the order in which it happened.
  public let moments: [Moment]

  public static func of(
    _ order: CoinOrder, now: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> OrderStory {
    let payments = try Payment.list(of: order.id, in: &connection)
    let disputes =
      payments.isEmpty
      ? [] : try Dispute.list(ofPayments: payments.map(\.id), in: &connection)
    let moments =
      try events(of: order, on: &connection) + transitions(of: order, on: &connection)
      + entries(of: order, on: &connection) + suspense(of: order, on: &connection)
      + actions(of: order, on: &connection)
    return OrderStory(
      order: order, status: order.status(at: now), payments: payments,
      refunds: try Refund.list(of: order.id, in: &connection), disputes: disputes,
      moments: moments.sorted { ($0.at, $0.place) < ($1.at, $1.place) })
  }

  private static func events(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    try events(
      "JOIN payments p ON p.id = e.payment_id WHERE p.order_id = \(order.id)", on: &connection)
      + events(
        """
        JOIN payments p ON p.provider = e.provider AND p.out_trade_no = e.out_trade_no
        WHERE p.order_id = \(order.id) AND e.state IN ('PENDING', 'PARKED')
          AND e.payment_id IS NULL
        """, on: &connection)
  }

  private static func events(
    _ condition: SQL, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    let rows = try connection.all(
      """
      SELECT e.id, e.received_at, e.source, e.kind, COALESCE(e.outcome, e.state), e.event_key,
        COALESCE(e.last_error, '')
      FROM payment_events e \(condition)
      """, as: (Int64, Timestamp, String, String, String, String, String).self)
    return rows.map { id, at, source, kind, outcome, key, error in
      Moment(
        at: at, kind: .event, actor: nil,
        text: "\(source) \(kind) -> \(outcome)  \(key)" + (error.isEmpty ? "" : "  \(error)"),
        place: id)
    }
  }

  private static func transitions(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    let rows = try connection.all(
      """
      SELECT id, created_at, payment_id, from_status, to_status, actor, cause
      FROM order_transitions WHERE order_id = \(order.id)
      """, as: (Int64, Timestamp, Int64?, String?, String, String, String).self)
    return rows.map { id, at, payment, from, to, actor, cause in
      Moment(
        at: at, kind: payment == nil ? .order : .payment, actor: actor,
        text: "\(from ?? "-") -> \(to)  \(cause)", place: id)
    }
  }

  private static func entries(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    let rows = try connection.all(
      """
      SELECT id, created_at, kind, coins, balance_after FROM ledger_entries
      WHERE order_id = \(order.id)
      """, as: (Int64, Timestamp, String, Int64, Int64).self)
    return rows.map { id, at, kind, coins, balance in
      Moment(
        at: at, kind: .ledger, actor: nil, text: "\(kind) \(coins), balance \(balance)",
        place: id)
    }
  }

  private static func suspense(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    let rows = try connection.all(
      """
      SELECT s.id, s.created_at, s.reason, s.amount, s.currency, s.resolved_at,
        COALESCE(s.resolution, ''), s.actor
      FROM suspense_entries s JOIN payment_events e ON e.id = s.event_id
      JOIN payments p ON p.id = e.payment_id WHERE p.order_id = \(order.id)
      """, as: (Int64, Timestamp, String, Int64, String, Timestamp?, String, String?).self)
    return rows.map { id, at, reason, amount, currency, resolvedAt, resolution, actor in
      let end = resolvedAt.map { "resolved \($0): \(resolution)" } ?? "open"
      return Moment(
        at: at, kind: .suspense, actor: actor,
        text: "\(id) \(reason) \(amount) \(currency)  \(end)", place: id)
    }
  }

  private static func actions(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Moment] {
    try OperatorAction.list(of: order.number.text, in: &connection).map { action in
      Moment(
        at: action.createdAt, kind: .action, actor: action.actor,
        text: "\(action.action)  \(action.details)  \(action.reason)", place: action.id)
    }
  }
}

extension OrderStory {
  /// The story as lines for people.
  public var lines: [String] {
    var lines = [
      "\(order.number)  \(status.rawValue)  \(order.amount)  "
        + "\(order.coins)+\(order.bonusCoins) coins  user \(order.userID)  "
        + "from \(order.createdAt)  until \(order.expiresAt)"
        + (order.paidAt.map { "  paid \($0)" } ?? "")
    ]
    for payment in payments {
      lines.append(
        "payment \(payment.attempt)  \(payment.facts.provider)  \(payment.outTradeNo)  "
          + "\(payment.facts.status.rawValue)  \(payment.facts.amount)  "
          + (payment.facts.providerTransactionID ?? "-"))
    }
    for refund in refunds {
      lines.append(
        "refund  \(refund.outRequestNo)  \(refund.status.rawValue)  \(refund.amount)  "
          + "\(refund.coinsTaken) coins  \(refund.actor): \(refund.reason)  \(refund.cause ?? "")")
    }
    for dispute in disputes {
      let deadline = dispute.respondBy.map { "evidence until \($0)" } ?? ""
      lines.append(
        "dispute  \(dispute.disputeID)  \(dispute.status.rawValue)  \(dispute.amount.minorUnits) "
          + "\(dispute.amount.currencyCode) (minor units)  \(dispute.coinsFrozen) coins  "
          + "\(dispute.reason)  \(deadline)")
    }
    return lines
  }
}
