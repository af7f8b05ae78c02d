public import Database
import Provider
public import Vocabulary

/// Money of one payment that is given back, all or a part.
///
/// Invariant: coins were taken from the wallet when it was asked for; they were given back exactly
/// when it is FAILED.
public struct Refund: Hashable, Sendable {
  public let id: RefundID
  public let paymentID: PaymentID
  /// Our number at the provider, unique for ever.
  public let outRequestNo: String
  public internal(set) var providerRefundID: String?
  public let amount: Money
  public internal(set) var status: RefundStatus
  let share: CoinShare
  public let reason: String
  public let actor: String
  public let cause: String?
  let attempts: Int64
  public let createdAt: Timestamp
  /// The last call to make it whose outcome nobody knows: from then on the provider may know of it.
  var unclearAt: Timestamp?

  /// Coins that left the wallet for it.
  public var coinsTaken: Int64 { share.total }

  /// Begun in the provider's console and reported without a number: ours stands in for it.
  public var isUnnumbered: Bool {
    actor.hasPrefix("provider:") && providerRefundID == nil
      && outRequestNo.contains(Refund.numberMark)
  }

  /// What its entries in the ledger refer to that an event causes: a refund that failed and was made
  /// all the same takes its coins a second time.
  func reference(_ eventID: EventID) -> String { "\(outRequestNo)#\(eventID)" }

  private static let numberMark = "_R"

  /// The n-th refund of a payment, counted from 1.
  static func outRequestNo(_ outTradeNo: String, _ number: Int) -> String {
    "\(outTradeNo)\(numberMark)\(number)"
  }
}

extension Refund {
  private typealias Columns = (
    RefundID, PaymentID, String, String?, Int64, Currency, RefundStatus, Int64, Int64, String,
    String, String?, Int64, Timestamp, Timestamp?
  )

  private static func refunds(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Refund] {
    let rows = try executor.all(
      """
      SELECT r.id, r.payment_id, r.out_request_no, r.provider_refund_id, r.amount, r.currency,
        r.status, r.coins_taken, r.bonus_taken, r.reason, r.actor, r.cause, r.attempts,
        r.created_at, r.unclear_at
      FROM refunds r \(condition)
      """, as: Columns.self)
    var refunds: [Refund] = []
    for row in rows {
      guard let amount = Money(minorUnits: row.4, currency: row.5) else {
        throw DatabaseError.inconsistent("refund \(row.0) has an amount out of bounds")
      }
      refunds.append(
        Refund(
          id: row.0, paymentID: row.1, outRequestNo: row.2, providerRefundID: row.3,
          amount: amount, status: row.6, share: CoinShare(bought: row.7, bonus: row.8),
          reason: row.9, actor: row.10, cause: row.11, attempts: row.12, createdAt: row.13,
          unclearAt: row.14))
    }
    return refunds
  }

  /// What was given back of a payment; nil when nothing was.
  public static func moneyReturned(
    of payment: Payment, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Money? {
    let sum = try executor.first(
      """
      SELECT CAST(SUM(amount) AS SIGNED) FROM refunds
      WHERE payment_id = \(payment.id) AND status = 'SUCCEEDED'
      """, as: Int64?.self)
    return (sum ?? nil).flatMap {
      Money(minorUnits: $0, currency: payment.facts.amount.currency)
    }
  }

  /// The refunds of payments, oldest first, locked. The payments are locked already.
  static func lock(
    of paymentIDs: [PaymentID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [Refund] {
    try refunds(
      "WHERE r.payment_id IN \(list: paymentIDs) ORDER BY r.id FOR UPDATE", in: &transaction)
  }

  /// The refunds of all payments of an order, oldest first.
  public static func list(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Refund] {
    try refunds(
      "JOIN payments p ON p.id = r.payment_id WHERE p.order_id = \(orderID) ORDER BY r.id",
      in: &executor)
  }

  /// The refunds of payments, oldest first.
  ///
  /// - Parameter paymentIDs: 1…`SQL.listValuesMax`.
  public static func list(
    ofPayments paymentIDs: [PaymentID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Refund] {
    try refunds("WHERE r.payment_id IN \(list: paymentIDs) ORDER BY r.id", in: &executor)
  }

  static func find(
    outRequestNo: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Refund? {
    try refunds("WHERE r.out_request_no = \(outRequestNo)", in: &executor).first
  }

  static func find(
    requestKey: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Refund? {
    try refunds("WHERE r.request_key = \(requestKey)", in: &executor).first
  }

  /// Locks refunds of a provider that are due, skipping those that another worker has locked.
  static func lockDue(
    of provider: PaymentMethod, at moment: Timestamp, limit: Int,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> [Refund] {
    try refunds(
      """
      JOIN payments p ON p.id = r.payment_id
      WHERE p.provider = \(provider) AND r.next_attempt_at <= \(moment)
      ORDER BY r.next_attempt_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
      """, in: &transaction)
  }

  func request(of payment: Payment) -> RefundRequest {
    RefundRequest(
      payment: payment.reference, paymentAmount: payment.facts.amount, outRequestNo: outRequestNo,
      providerRefundID: providerRefundID, amount: amount, reason: reason)
  }
}
