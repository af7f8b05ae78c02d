import Database
import Vocabulary

/// A refund that was written off as failed, and is said to be made.
extension NewsSettlement {
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
