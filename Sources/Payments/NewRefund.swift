import Database
import Ledger
import Orders
import Vocabulary

/// A refund before it is in the database.
struct NewRefund {
  let payment: Payment
  let outRequestNo: String
  let providerRefundID: String?
  let amount: Money
  let status: RefundStatus
  let share: CoinShare
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
      INSERT INTO refunds (payment_id, out_request_no, provider_refund_id, amount, currency,
        coins_taken, bonus_taken, status, reason, actor, request_key, next_attempt_at, created_at,
        updated_at)
      VALUES (\(payment.id), \(outRequestNo), \(providerRefundID), \(amount.minorUnits),
        \(amount.currency), \(share.bought), \(share.bonus), \(status), \(reason), \(actor),
        \(requestKey), \(due), \(moment), \(moment))
      """)
  }

  /// The coins that leave the wallet.
  func postings(of order: CoinOrder, eventID: EventID?) -> [Posting] {
    Posting.moving(
      share, kinds: (.refund, .refundBonus), reference: outRequestNo, order: order,
      eventID: eventID)
  }
}

extension Posting {
  /// A posting for each part of a share that is not empty.
  static func moving(
    _ share: CoinShare, kinds: (bought: Kind, bonus: Kind), reference: String, order: CoinOrder,
    eventID: EventID?
  ) -> [Posting] {
    [(kinds.bought, share.bought), (kinds.bonus, share.bonus)].compactMap { kind, coins in
      Posting(
        kind: kind, reference: reference, userID: order.userID, coins: coins, orderID: order.id,
        eventID: eventID)
    }
  }
}
