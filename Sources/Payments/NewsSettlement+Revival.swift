import Database
import Ledger
import Provider
import Vocabulary

/// A refund that was written off as failed, and was made.
extension NewsSettlement {
  /// Books it: the money is gone, so that its coins are taken a second time.
  func revive(
    _ refund: Refund, _ refunds: [Refund], _ news: RefundNews, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let share = try share(
      of: refund.amount, refunds.filter { $0.id != refund.id }, in: &transaction)
    _ = try transaction.execute(
      """
      UPDATE refunds SET status = 'SUCCEEDED', coins_taken = \(share.bought),
        bonus_taken = \(share.bonus), cause = NULL,
        provider_refund_id = COALESCE(provider_refund_id, \(news.providerRefundID)),
        next_attempt_at = NULL, updated_at = \(moment)
      WHERE id = \(refund.id)
      """)
    try Journal.post(
      Posting.moving(
        share, kinds: (.refund, .refundBonus), reference: refund.reference(inboxEvent.id),
        order: order, eventID: inboxEvent.id), in: &transaction, at: moment)
  }

  /// Lets the caretaker ask the provider how a refund is now.
  func ask(
    aboutRefund id: RefundID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE refunds SET next_attempt_at = \(moment)
      WHERE id = \(id) AND status = 'FAILED'
      """)
  }
}
