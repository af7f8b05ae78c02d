import Database
import Orders
import Vocabulary

extension NewsSettlement {
  /// Money that was paid twice is shown in suspense until all of it is back. A refund of it that failed
  /// is followed by another, a few times.
  func followDuplicate(in transaction: inout Transaction) throws(DatabaseError) {
    guard payment.facts.status == .duplicate else { return }
    let refunds = try Refund.lock(of: [payment.id], in: &transaction)
    let amount = payment.facts.amount
    let back = refunds.filter { $0.status == .succeeded }.reduce(Int64(0)) {
      $0 + $1.amount.minorUnits
    }
    try Suspense.notePaidTwice(
      payment.id, isBack: back >= amount.minorUnits, in: &transaction, at: moment)
    guard back < amount.minorUnits, !refunds.contains(where: \.status.isOpen),
      refunds.count < RefundSchedule.duplicateRefundsMax,
      let rest = Money(minorUnits: amount.minorUnits - back, currency: amount.currency)
    else { return }
    let next = NewRefund(
      payment: payment, outRequestNo: Refund.nextNumber(of: payment, after: refunds),
      providerRefundID: nil, amount: rest, status: .requested, coinRule: .leave,
      reason: "paid twice", actor: "system", requestKey: nil)
    try next.insert(
      in: &transaction, at: moment,
      due: moment.adding(seconds: RefundSchedule.duplicatePauseSeconds))
  }
}
