public import Audit
public import Database
public import Orders
public import Provider
public import Vocabulary

/// All that money did for one order, from the attempts to pay down to what is left in suspense: the
/// order's rows in every table.
public struct OrderTrace: Sendable {
  public struct Attempt: Sendable {
    public let id: PaymentID
    public let number: Int64
    public let provider: PaymentMethod
    public let outTradeNo: String
    public let providerTransactionID: String?
    public let amount: Money
    public let status: PaymentStatus
    public let cause: String?
    public let createdAt: Timestamp
    public let succeededAt: Timestamp?
    /// How often the provider was asked, when last, and when next.
    public let queries: Int64
    public let queriedAt: Timestamp?
    public let nextQueryAt: Timestamp?
  }

  public struct Event: Sendable {
    public let id: EventID
    public let eventKey: String
    public let provider: PaymentMethod
    public let source: ProviderEvent.Source
    public let kind: String
    public let outTradeNo: String?
    public let providerTransactionID: String?
    /// As the provider reported it.
    public let amount: ReportedAmount?
    public let cause: String?
    public let state: String
    public let outcome: String?
    public let hasBody: Bool
    public let receivedAt: Timestamp
    public let lastError: String?
  }

  public struct Entry: Sendable {
    public let id: Int64
    public let kind: String
    public let coins: Int64
    public let isCredit: Bool
    public let balanceAfter: Int64
    public let eventID: EventID?
    public let createdAt: Timestamp
  }

  public struct DisputeLine: Sendable {
    public let disputeID: String
    public let status: String
    public let amount: ReportedAmount
    public let coinsFrozen: Int64
    public let reason: String
    public let respondBy: Timestamp?
    public let createdAt: Timestamp
  }

  public struct SuspenseLine: Sendable {
    public let id: Int64
    public let eventID: EventID
    public let reason: String
    public let amount: ReportedAmount
    public let createdAt: Timestamp
    public let resolvedAt: Timestamp?
    public let resolution: String?
    /// Who resolved it.
    public let actor: String?
  }

  public struct Step: Sendable {
    public let id: Int64
    public let at: Timestamp
    /// Nil for a change of the order itself.
    public let paymentID: PaymentID?
    public let from: String?
    public let to: String
    public let actor: String
    public let cause: String
  }

  public let attempts: [Attempt]
  public let events: [Event]
  public let entries: [Entry]
  public let refunds: [Refund]
  public let disputes: [DisputeLine]
  public let suspense: [SuspenseLine]
  public let steps: [Step]
  /// The calls to providers that are still recorded.
  public let calls: [ProviderCall]
  /// What operators did to the order.
  public let actions: [OperatorAction.Recorded]

  /// Rows of one kind that are shown; an order of a person has a handful.
  static let rowsMax = 500

  public static func of(
    _ order: CoinOrder, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OrderTrace {
    let orderID = order.id
    let attempts = try attempts(orderID, in: &executor)
    return OrderTrace(
      attempts: attempts, events: try events(orderID, attempts, in: &executor),
      entries: try entries(orderID, in: &executor),
      refunds: try Refund.list(of: orderID, in: &executor),
      disputes: try disputes(orderID, in: &executor),
      suspense: try suspense(orderID, in: &executor), steps: try steps(orderID, in: &executor),
      calls: try ProviderCall.list(of: orderID, in: &executor),
      actions: try OperatorAction.list(of: order.number.text, in: &executor))
  }
}

extension OrderTrace {
  private static func attempts(
    _ orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Attempt] {
    let rows = try executor.all(
      """
      SELECT id, attempt, provider, out_trade_no, provider_txn_id, amount, currency, status, cause,
        created_at, succeeded_at, queries, queried_at, next_query_at
      FROM payments WHERE order_id = \(orderID) ORDER BY id LIMIT \(rowsMax)
      """,
      as: (
        PaymentID, Int64, PaymentMethod, String, String?, Int64, Currency, PaymentStatus, String?,
        Timestamp, Timestamp?, Int64, Timestamp?, Timestamp?
      ).self)
    return try rows.map { (row) throws(DatabaseError) in
      guard let amount = Money(minorUnits: row.5, currency: row.6) else {
        throw DatabaseError.inconsistent("payment \(row.0) has an amount out of bounds")
      }
      return Attempt(
        id: row.0, number: row.1, provider: row.2, outTradeNo: row.3, providerTransactionID: row.4,
        amount: amount, status: row.7, cause: row.8, createdAt: row.9, succeededAt: row.10,
        queries: row.11, queriedAt: row.12, nextQueryAt: row.13)
    }
  }

  /// The events that were settled for the order, and those that wait and name one of its payments.
  private static func events(
    _ orderID: OrderID, _ attempts: [Attempt], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Event] {
    let names = attempts.flatMap { [$0.outTradeNo, $0.providerTransactionID ?? $0.outTradeNo] }
    guard !names.isEmpty else { return [] }
    let named: SQL =
      """
      state IN ('PENDING', 'PARKED')
      AND (out_trade_no IN \(list: names) OR provider_txn_id IN \(list: names))
      """
    let columns: SQL = """
      id, event_key, provider, source, kind, out_trade_no, provider_txn_id, amount, currency, cause, state,
      outcome, body IS NOT NULL, received_at, last_error
      """
    let rows = try executor.all(
      """
      SELECT \(columns) FROM payment_events
      WHERE payment_id IN (SELECT id FROM payments WHERE order_id = \(orderID))
      UNION SELECT \(columns) FROM payment_events WHERE \(named)
      ORDER BY id LIMIT \(rowsMax)
      """,
      as: (
        EventID, String, PaymentMethod, ProviderEvent.Source, String, String?, String?, Int64?,
        String?,
        String?, String, String?, Bool, Timestamp, String?
      ).self)
    return rows.map { row in
      Event(
        id: row.0, eventKey: row.1, provider: row.2, source: row.3, kind: row.4,
        outTradeNo: row.5, providerTransactionID: row.6,
        amount: row.7.flatMap { minorUnits in
          row.8.map { ReportedAmount(minorUnits: minorUnits, currencyCode: $0) }
        }, cause: row.9, state: row.10, outcome: row.11, hasBody: row.12, receivedAt: row.13,
        lastError: row.14)
    }
  }

  private static func entries(
    _ orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Entry] {
    let rows = try executor.all(
      """
      SELECT id, kind, coins, credit_account = CONCAT('wallet:', wallet_id), balance_after,
        event_id, created_at
      FROM ledger_entries WHERE order_id = \(orderID) ORDER BY id LIMIT \(rowsMax)
      """, as: (Int64, String, Int64, Bool, Int64, EventID?, Timestamp).self)
    return rows.map { row in
      Entry(
        id: row.0, kind: row.1, coins: row.2, isCredit: row.3, balanceAfter: row.4,
        eventID: row.5, createdAt: row.6)
    }
  }

  private static func disputes(
    _ orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [DisputeLine] {
    let rows = try executor.all(
      """
      SELECT d.dispute_id, d.status, d.amount, d.currency, d.coins_frozen, d.reason, d.respond_by,
        d.created_at
      FROM disputes d JOIN payments p ON p.id = d.payment_id
      WHERE p.order_id = \(orderID) ORDER BY d.id LIMIT \(rowsMax)
      """, as: (String, String, Int64, String, Int64, String, Timestamp?, Timestamp).self)
    return rows.map { row in
      DisputeLine(
        disputeID: row.0, status: row.1,
        amount: ReportedAmount(minorUnits: row.2, currencyCode: row.3), coinsFrozen: row.4,
        reason: row.5, respondBy: row.6, createdAt: row.7)
    }
  }

  private static func suspense(
    _ orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [SuspenseLine] {
    let rows = try executor.all(
      """
      SELECT s.id, s.event_id, s.reason, s.amount, s.currency, s.created_at, s.resolved_at,
        s.resolution, s.actor
      FROM payments p JOIN payment_events e ON e.payment_id = p.id
      JOIN suspense_entries s ON s.event_id = e.id
      WHERE p.order_id = \(orderID) ORDER BY s.id LIMIT \(rowsMax)
      """,
      as: (
        Int64, EventID, String, Int64, String, Timestamp, Timestamp?, String?, String?
      ).self)
    return rows.map { row in
      SuspenseLine(
        id: row.0, eventID: row.1, reason: row.2,
        amount: ReportedAmount(minorUnits: row.3, currencyCode: row.4), createdAt: row.5,
        resolvedAt: row.6, resolution: row.7, actor: row.8)
    }
  }

  private static func steps(
    _ orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Step] {
    let rows = try executor.all(
      """
      SELECT id, created_at, payment_id, from_status, to_status, actor, cause
      FROM order_transitions WHERE order_id = \(orderID) ORDER BY id LIMIT \(rowsMax)
      """, as: (Int64, Timestamp, PaymentID?, String?, String, String, String).self)
    return rows.map { row in
      Step(
        id: row.0, at: row.1, paymentID: row.2, from: row.3, to: row.4, actor: row.5, cause: row.6)
    }
  }
}
