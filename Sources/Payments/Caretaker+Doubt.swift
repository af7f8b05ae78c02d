import Database
import LogLines
import Logging
import Provider
import Threads
import Vocabulary

/// Refunds that failed here and may have been made all the same.
extension Caretaker {
  /// A refund that failed, and of which its provider says that no money is on its way, is asked about no
  /// more. One that it has said to be made may only not be known everywhere yet: that is given a while,
  /// and then somebody has to look. What was heard since the question was put is a new question.
  ///
  /// - Parameter dueAt: when it is to be asked about the next time.
  func endDoubt(
    about refund: Refund, of payment: Payment, dueAt: Timestamp, isUnknown: Bool,
    on connection: inout Connection
  ) throws(DatabaseError) {
    let moment = clock.now()
    let toldAt = isUnknown ? try whenToldMade(refund, on: &connection) : nil
    if let toldAt, !RefundSchedule.doubt.isOver(since: toldAt, at: moment) { return }
    let isEnded = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Bool> in
      let result = try transaction.execute(
        """
        UPDATE refunds SET next_attempt_at = NULL
        WHERE id = \(refund.id) AND status = 'FAILED' AND next_attempt_at = \(dueAt)
        """)
      guard result.affectedRows == 1 else { return .rollback(false) }
      try WaitingNews.wake(of: [payment], in: &transaction, at: moment)
      return .commit(true)
    }
    guard isEnded, toldAt != nil else { return }
    var fields = describe(payment)
    fields[.outRequestNumber] = "\(refund.outRequestNo)"
    logger.write(
      .critical,
      "a refund that failed here was said to be made, and its provider does not know it; look for it there",
      fields)
  }

  /// When the provider said last that a refund which had failed here was made; nil when it never did.
  private func whenToldMade(
    _ refund: Refund, on connection: inout Connection
  ) throws(DatabaseError) -> Timestamp? {
    let id = refund.providerRefundID
    return try connection.first(
      """
      SELECT received_at FROM payment_events
      WHERE payment_id = \(refund.paymentID) AND kind = 'REFUND' AND news_status = 'SUCCEEDED'
        AND outcome = 'CONFIRMING' AND source <> 'QUERY'
        AND (news_no = \(refund.outRequestNo) OR COALESCE(news_no, news_id) = \(id))
      ORDER BY id DESC LIMIT 1
      """, as: Timestamp.self)
  }
}
