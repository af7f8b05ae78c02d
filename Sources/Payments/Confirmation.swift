public import Database
import Provider
public import Vocabulary

/// An operator's word that a payment was made, which the provider does not give, with what the provider
/// said when it was asked. Above a set amount a second operator has to agree.
public struct Confirmation: Hashable, Sendable {
  public enum Status: String, CaseIterable, Sendable, ColumnDecodable {
    case open = "OPEN"
    case approved = "APPROVED"
    case rejected = "REJECTED"
  }

  public let id: Int64
  public let orderNumber: OrderNumber
  public let paymentID: PaymentID
  public let outTradeNo: String
  public let provider: PaymentMethod
  public let amount: Money
  /// The provider's number as the operator knows it, such as from its console.
  public let providerTransactionID: String?
  /// What the provider said when it was asked.
  public let providerAnswer: String
  public let reason: String
  public let status: Status
  public let needsSecondPerson: Bool
  public let requestedBy: String
  public let decidedBy: String?
  public let createdAt: Timestamp
  public let decidedAt: Timestamp?
  /// The event by which it was settled.
  public let eventID: EventID?

  static let rowsMax = 100

  /// Requests that wait for a second person, oldest first.
  public static func open(
    after id: Int64 = 0, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OpenPart<Confirmation> {
    let confirmations = try rows(
      "WHERE c.status = 'OPEN' AND c.id > \(id) ORDER BY c.id LIMIT \(rowsMax)", in: &executor)
    let open = try executor.first(
      "SELECT COUNT(*) FROM confirmations WHERE status = 'OPEN' AND id > \(id)", as: Int64.self)
    return OpenPart(confirmations, last: confirmations.last?.id, open: open ?? 0)
  }

  /// Those that were decided last, newest first; the audit log has all.
  public static func decided(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Confirmation] {
    try rows("WHERE c.status <> 'OPEN' ORDER BY c.id DESC LIMIT \(rowsMax)", in: &executor)
  }

  public static func list(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Confirmation] {
    try rows("WHERE p.order_id = \(orderID) ORDER BY c.id LIMIT \(rowsMax)", in: &executor)
  }

  static func find(
    _ id: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Confirmation? {
    try rows("WHERE c.id = \(id)", in: &executor).first
  }

  static func find(
    requestKey: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Confirmation? {
    try rows("WHERE c.request_key = \(requestKey)", in: &executor).first
  }

  /// Those that were approved and whose event did not come about, because the process died in between.
  static func unsettled(
    for wait: Schedule, at moment: Timestamp, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Confirmation] {
    try rows(
      """
      WHERE c.status = 'APPROVED' AND c.event_id IS NULL
        AND \(wait.isOver(since: "c.decided_at", at: moment))
      ORDER BY c.id LIMIT \(rowsMax)
      """, in: &executor)
  }

  private static func rows(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Confirmation] {
    let rows = try executor.all(
      """
      SELECT c.id, o.order_no, c.payment_id, p.out_trade_no, p.provider, p.amount, p.currency,
        c.provider_txn_id, c.provider_answer, c.reason, c.status, c.needs_second, c.requested_by,
        c.decided_by, c.created_at, c.decided_at, c.event_id
      FROM confirmations c JOIN payments p ON p.id = c.payment_id
      JOIN coin_orders o ON o.id = p.order_id \(condition)
      """,
      as: (
        Int64, OrderNumber, PaymentID, String, PaymentMethod, Int64, Currency, String?, String,
        String, Status, Bool, String, String?, Timestamp, Timestamp?, EventID?
      ).self)
    return try rows.map { (row) throws(DatabaseError) in
      guard let amount = Money(minorUnits: row.5, currency: row.6) else {
        throw DatabaseError.inconsistent("payment \(row.2) has an amount out of bounds")
      }
      return Confirmation(
        id: row.0, orderNumber: row.1, paymentID: row.2, outTradeNo: row.3, provider: row.4,
        amount: amount, providerTransactionID: row.7, providerAnswer: row.8, reason: row.9,
        status: row.10, needsSecondPerson: row.11, requestedBy: row.12, decidedBy: row.13,
        createdAt: row.14, decidedAt: row.15, eventID: row.16)
    }
  }
}

/// Which amounts one operator may not confirm alone.
public struct TwoPersonRule: Hashable, Sendable {
  /// By currency; the largest amount that one person confirms. A currency that is not here always needs
  /// two.
  public var amounts: [Currency: Int64]

  public init(amounts: [Currency: Int64] = [:]) { self.amounts = amounts }

  func applies(to amount: Money) -> Bool {
    amounts[amount.currency].map { amount.minorUnits > $0 } ?? true
  }
}
