import Database
import Seals
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
    let seal = try SealKey.ensure(in: &transaction, at: moment).map {
      NewRefund.terms(
        outRequestNo, of: payment, amount, reason: reason, actor: actor, sealedBy: $0)
    }
    _ = try transaction.execute(
      """
      INSERT INTO refunds (payment_id, out_request_no, ledger_reference, provider_refund_id, amount,
        currency, coin_rule, status, reason, actor, request_key, next_attempt_at, created_at,
        updated_at, seal)
      VALUES (\(payment.id), \(outRequestNo), \(ledgerReference), \(providerRefundID),
        \(amount.minorUnits), \(amount.currency), \(coinRule.rawValue), \(status), \(reason),
        \(actor), \(requestKey), \(due), \(moment), \(moment), \(seal))
      """)
  }

  /// Over what never changes of a refund. `SealedRows.refunds` reads the same in SQL; both change
  /// together or not at all.
  static func terms(
    _ outRequestNo: String, of payment: Payment, _ amount: Money, reason: String, actor: String,
    sealedBy key: SealKey
  ) -> [UInt8] {
    key.code(
      .refunds,
      [
        outRequestNo, String(payment.id.value), String(amount.minorUnits), amount.currency.code,
        reason, actor,
      ])
  }

  /// As a claim on coins that has not taken any yet.
  var claim: CoinClaims.Claim {
    CoinClaims.Claim(
      name: .refund(outRequestNo), amount: amount.minorUnits, isStanding: false,
      takesCoins: coinRule != .leave && payment.facts.status == .succeeded, held: .none)
  }
}
