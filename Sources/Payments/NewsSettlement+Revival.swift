import Database
import Provider
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

  /// Lets the caretaker ask again, at the pace at which it asks about the refund already.
  func askLater(
    aboutRefund id: RefundID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE refunds SET next_attempt_at = COALESCE(next_attempt_at, \(moment))
      WHERE id = \(id) AND status = 'FAILED'
      """)
  }

  /// Books a refund that was made. What it leaves no room for is never sent.
  func revive(
    _ id: RefundID, inPlaceOf ended: [RefundID], _ news: RefundNews,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Result {
    try end(ended, "an earlier one was made", in: &transaction)
    let book = try ClaimBook.lock(order, payment, in: &transaction)
    guard let refund = book.refunds.first(where: { $0.id == id }) else {
      return Result(outcome: .ignored(.noted))
    }
    let missing = try advance(refund, to: .succeeded, nil, news, book, in: &transaction)
    try follow(refundEnded: true, in: &transaction)
    return Result(outcome: .refundAfterFailure, missingCoins: missing)
  }

  /// Ends refunds that were never sent.
  ///
  /// - Parameter reason: what took their place.
  func end(
    _ ended: [RefundID], _ reason: String, in transaction: inout Transaction
  ) throws(DatabaseError) {
    for id in ended {
      let book = try ClaimBook.lock(order, payment, in: &transaction)
      guard let refund = book.refunds.first(where: { $0.id == id }) else { continue }
      _ = try advance(
        refund, to: .failed, Cause(.cancelled, "\(Refund.neverSent): \(reason)"), nil, book,
        in: &transaction)
    }
  }

  /// A refund that was booked without its number is found by it from now on.
  func name(
    _ id: RefundID, _ number: String, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE refunds SET provider_refund_id = \(number), updated_at = \(moment)
      WHERE id = \(id) AND provider_refund_id IS NULL
      """)
  }
}
