public import Database
public import Provider
public import Vocabulary

/// One attempt to pay an order at one provider.
///
/// Invariant: provider, account, `outTradeNo`, amount and currency never change after creation.
public struct Payment: Hashable, Sendable {
  public let id: PaymentID
  public let orderID: OrderID
  /// Counts the attempts of one order from 1.
  public let attempt: Int64
  public let outTradeNo: String
  public internal(set) var facts: PaymentFacts
  /// How the user goes on to pay, sealed.
  let presentation: [UInt8]?
  /// What the provider is sent in order to bring it into being, sealed; nil when no call is needed.
  let startRequest: [UInt8]?
  /// When the provider stops to take the presentation; nil when it lasts as long as the order.
  public let presentationExpiresAt: Timestamp?
  public let createdAt: Timestamp

  public var reference: PaymentReference {
    PaymentReference(
      outTradeNo: outTradeNo, providerTransactionID: facts.providerTransactionID)
  }

  /// Our number at the provider: the order number, and from the second attempt on the attempt.
  static func outTradeNo(_ order: OrderNumber, attempt: Int64) -> String {
    attempt == 1 ? order.text : "\(order.text)_\(attempt)"
  }

  /// The order of such a number; nil when it is none of ours.
  public static func orderNumber(ofOutTradeNo number: String) -> OrderNumber? {
    OrderNumber(number) ?? number.lastIndex(of: "_").flatMap { OrderNumber(number[..<$0]) }
  }
}

extension Payment {
  private typealias Columns = (
    PaymentID, OrderID, Int64, PaymentMethod, String, Bool, String, String?, Int64, Currency,
    PaymentStatus, [UInt8]?, Timestamp?, Timestamp, [UInt8]?, String, Bool
  )

  private static func payments(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Payment] {
    let rows = try executor.all(
      """
      SELECT id, order_id, attempt, provider, merchant_account, live_mode, out_trade_no,
        provider_txn_id, amount, currency, status, presentation, presentation_expires_at,
        created_at, start_request, application,
        status = 'SUSPICIOUS' AND cause <=> \(Mismatch.refunded.rawValue)
      FROM payments \(condition)
      """, as: Columns.self)
    var payments: [Payment] = []
    for row in rows {
      guard let amount = Money(minorUnits: row.8, currency: row.9) else {
        throw DatabaseError.inconsistent("payment \(row.0) has an amount out of bounds")
      }
      payments.append(
        Payment(
          id: row.0, orderID: row.1, attempt: row.2, outTradeNo: row.6,
          facts: PaymentFacts(
            provider: row.3,
            account: ProviderAccount(merchant: row.4, application: row.15, isLive: row.5),
            amount: amount, status: row.10, providerTransactionID: row.7, isReturned: row.16),
          presentation: row.11, startRequest: row.14, presentationExpiresAt: row.12,
          createdAt: row.13))
    }
    return payments
  }

  /// The payments of an order, oldest first.
  public static func list(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Payment] {
    try payments("WHERE order_id = \(orderID) ORDER BY id", in: &executor)
  }

  /// The payment with one of our numbers, or nil.
  static func find(
    provider: PaymentMethod, outTradeNo: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Payment? {
    try payments(
      "WHERE provider = \(provider) AND out_trade_no = \(outTradeNo)", in: &executor
    ).first
  }

  static func find(
    _ id: PaymentID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Payment? {
    try payments("WHERE id = \(id)", in: &executor).first
  }

  /// Lets the caretaker ask about the locked payment at once, and close it if nobody should pay it.
  func makeDue(in transaction: inout Transaction, at moment: Timestamp) throws(DatabaseError) {
    _ = try transaction.execute(
      "UPDATE payments SET next_query_at = \(moment), queries = 0 WHERE id = \(id)")
  }

  /// Locks all payments of locked orders in ascending id.
  static func lock(
    of orderIDs: [OrderID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [Payment] {
    try payments(
      "WHERE order_id IN \(list: orderIDs) ORDER BY id FOR UPDATE", in: &transaction)
  }
}
