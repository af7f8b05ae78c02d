import Database
import Vocabulary

/// A refund before it is in the database. Its coins are taken by `ClaimBook`.
struct NewRefund {
  let payment: Payment
  let outRequestNo: String
  /// Nil where the number is unique by itself.
  var ledgerReference: String?
  let providerRefundID: String?
  let amount: Money
  let status: RefundStatus
  let coinRule: RefundRule
  let reason: String
  let actor: String
  let requestKey: String?

  /// Inserts the refund; one that is not finished is carried out when it is due, which is at once
  /// unless said otherwise.
  func insert(
    in transaction: inout Transaction, at moment: Timestamp, due: Timestamp? = nil
  ) throws(DatabaseError) {
    let due = status.isOpen ? due ?? moment : nil
    _ = try transaction.execute(
      """
      INSERT INTO refunds (payment_id, out_request_no, ledger_reference, provider_refund_id, amount,
        currency, coin_rule, status, reason, actor, request_key, next_attempt_at, created_at,
        updated_at)
      VALUES (\(payment.id), \(outRequestNo), \(ledgerReference), \(providerRefundID),
        \(amount.minorUnits), \(amount.currency), \(coinRule.rawValue), \(status), \(reason),
        \(actor), \(requestKey), \(due), \(moment), \(moment))
      """)
  }

  /// As a claim on coins that has not taken any yet.
  var claim: CoinClaims.Claim {
    CoinClaims.Claim(
      name: .refund(outRequestNo), amount: amount.minorUnits, isStanding: false,
      takesCoins: coinRule != .leave && payment.facts.status == .succeeded, held: .none)
  }
}
