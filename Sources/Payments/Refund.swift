public import Database
import Ledger
public import Orders
import Provider
public import Vocabulary

/// Money of one payment that is given back, all or a part.
///
/// Invariant: unless it is FAILED, its share left the wallet for it and has not come back; when it is
/// FAILED, all that left for it has come back.
public struct Refund: Hashable, Sendable {
  public let id: RefundID
  public let paymentID: PaymentID
  /// Its number at the provider, unique among the refunds of its payment. Ours are unique for ever; the
  /// provider's console lets people choose theirs.
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
  /// What becomes of its coins; nil for one that an older version wrote.
  var coinRule: RefundRule?
  /// Under which the ledger knows it, where that is not its number.
  var ledgerReference: String?
  /// When its provider was last told of it or asked about it, and is to be the next time.
  var attemptedAt: Timestamp?
  var nextAttemptAt: Timestamp?

  /// Coins that left the wallet for it.
  public var coinsTaken: Int64 { share.total }

  /// Begun in the provider's console: it is asked about and never made by us.
  var isForeign: Bool { actor.hasPrefix("provider:") }

  /// Begun in the provider's console and reported without a number: one of ours stands in for it, which
  /// the ledger knows it by. A number that the console gave has a name of its own there.
  public var isUnnumbered: Bool {
    isForeign && providerRefundID == nil && ledgerReference == nil
      && outRequestNo.contains(Refund.numberMark)
  }

  /// Nobody has told the provider of it: whoever does counts the attempt first.
  var isUnsent: Bool { status == .requested && attempts == 0 && unclearAt == nil }

  /// Whether it failed here, and its provider has not said since a moment that it was not made all the
  /// same.
  func isInDoubt(since moment: Timestamp) -> Bool {
    guard status == .failed, !isUnnumbered else { return false }
    guard nextAttemptAt == nil, let attemptedAt else { return true }
    return attemptedAt < moment
  }

  /// How the cause begins of one that ended before its provider was told of it.
  static let neverSent = "never sent"

  /// Whether it ended before its provider was told of it. Its attempts do not tell: whoever settles its
  /// order again asks about it as about any that failed.
  var gaveWay: Bool {
    status == .failed
      && cause?.hasPrefix(Cause(.cancelled, Refund.neverSent).description) == true
  }

  /// Whether its provider may have been told of it by us.
  var wasSentByUs: Bool { !isForeign && !gaveWay && (attempts > 0 || unclearAt != nil) }

  /// Whether it failed here, and its provider is asked whether it was made all the same.
  var isAskedAbout: Bool { status == .failed && nextAttemptAt != nil }

  /// Whether coins follow the money.
  var takesCoins: Bool { coinRule.map { $0 != .leave } ?? (share != .none) }

  private static let numberMark = "_R"
  private static let foreignMark = "_F"

  /// The n-th refund of a payment, counted from 1.
  static func outRequestNo(_ outTradeNo: String, _ number: Int) -> String {
    "\(outTradeNo)\(numberMark)\(number)"
  }

  /// The number of the next refund of a payment. Whoever gives money back in the provider's console
  /// may have chosen one that looks like ours.
  static func nextNumber(of payment: Payment, after refunds: [Refund]) -> String {
    let taken = Set(refunds.map(\.outRequestNo))
    var count = refunds.count + 1
    while taken.contains(outRequestNo(payment.outTradeNo, count)) { count += 1 }
    return outRequestNo(payment.outTradeNo, count)
  }

  /// Nil for a number that is unique by itself.
  static func ledgerReference(
    of outRequestNo: String, _ payment: Payment, after refunds: [Refund]
  ) -> String? {
    outRequestNo.hasPrefix("\(payment.outTradeNo)\(numberMark)")
      && outRequestNo.utf8.count <= Journal.referenceCharactersMax
      && !outRequestNo.contains("#")
      ? nil : "\(payment.outTradeNo)\(foreignMark)\(refunds.count + 1)"
  }
}

extension Refund {
  private typealias Columns = (
    RefundID, PaymentID, String, String?, Int64, Currency, RefundStatus, Int64, Int64, String,
    String, String?, Int64, Timestamp, Timestamp?, String?, String?, Timestamp?, Timestamp?
  )

  private static func refunds(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Refund] {
    let rows = try executor.all(
      """
      SELECT r.id, r.payment_id, r.out_request_no, r.provider_refund_id, r.amount, r.currency,
        r.status, r.coins_taken, r.bonus_taken, r.reason, r.actor, r.cause, r.attempts,
        r.created_at, r.unclear_at, r.coin_rule, r.ledger_reference, r.attempted_at,
        r.next_attempt_at
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
          unclearAt: row.14, coinRule: row.15.flatMap(RefundRule.init), ledgerReference: row.16,
          attemptedAt: row.17, nextAttemptAt: row.18))
    }
    return refunds
  }

  /// What was given back of the payment that an order was credited with; nil when nothing was.
  public static func moneyReturned(
    of order: CoinOrder, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Money? {
    let paid = try Payment.list(of: order.id, in: &executor).first {
      $0.facts.status == .succeeded
    }
    return try paid.map { (payment) throws(DatabaseError) in
      try moneyReturned(of: payment, in: &executor)
    } ?? nil
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
    outRequestNo: String, of paymentID: PaymentID,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Refund? {
    try refunds(
      "WHERE r.payment_id = \(paymentID) AND r.out_request_no = \(outRequestNo)", in: &executor
    ).first
  }

  static func find(
    requestKey: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Refund? {
    try refunds("WHERE r.request_key = \(requestKey)", in: &executor).first
  }

  /// Locks refunds of a provider that are due, skipping those that another worker has locked.
  static func lockDue(
    of provider: any PaymentProvider, at moment: Timestamp, limit: Int,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> [Refund] {
    try refunds(
      """
      JOIN payments p ON p.id = r.payment_id
      WHERE p.provider = \(provider.method)
        AND \(RefundSchedule.schedule.isDue("r.next_attempt_at", at: moment))
        AND \(provider.account.holdsPayment)
      ORDER BY r.next_attempt_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
      """, in: &transaction)
  }

  func request(of payment: Payment) -> RefundRequest {
    RefundRequest(
      payment: payment.reference, paymentAmount: payment.facts.amount, outRequestNo: outRequestNo,
      providerRefundID: providerRefundID, amount: amount, reason: reason)
  }
}
