import Database
import Orders
import Provider
import Vocabulary

extension NewsSettlement {
  /// Money that was paid twice is shown in suspense until all of it is gone again, by refunds or by
  /// disputes that were lost. A refund of it that failed is followed by another, a few times, once the
  /// bank has decided about every dispute: until then nobody knows how much is left, and providers refuse.
  func followDuplicate(in transaction: inout Transaction) throws(DatabaseError) {
    guard payment.facts.status == .duplicate else { return }
    let refunds = try Refund.lock(of: [payment.id], in: &transaction)
    let disputes = try Dispute.lock(of: [payment.id], in: &transaction)
    let amount = payment.facts.amount
    let refunded = refunds.filter { $0.status == .succeeded }.map(\.amount.minorUnits)
    let lost = disputes.filter { $0.status == .lost }.map { $0.minorUnits(of: amount) }
    guard let left = Money(paid: amount, less: refunded + lost) else {
      return try Suspense.notePaidTwice(payment.id, isBack: true, in: &transaction, at: moment)
    }
    try Suspense.notePaidTwice(payment.id, isBack: false, in: &transaction, at: moment)
    let tries = refunds.filter(\.wasSentByUs).count
    guard !disputes.contains(where: { $0.status == .opened }),
      !refunds.contains(where: \.status.isOpen), tries < RefundSchedule.duplicateRefundsMax
    else { return }
    // Nothing that was refused has to be waited for.
    let pause = tries > 0 ? RefundSchedule.duplicatePauseSeconds : 0
    let next = NewRefund(
      payment: payment, outRequestNo: Refund.nextNumber(of: payment, after: refunds),
      providerRefundID: nil, amount: left, status: .requested, coinRule: .leave,
      reason: "paid twice", actor: "system", requestKey: nil)
    try next.insert(
      in: &transaction, at: moment,
      due: moment.adding(seconds: pause))
  }
}

extension Money {
  /// What is left of an amount after parts of it are gone; nil when nothing is.
  fileprivate init?(paid: Money, less parts: [Int64]) {
    var left = paid.minorUnits
    for part in parts {
      left -= min(max(part, 0), left)
    }
    guard left > 0 else { return nil }
    self.init(minorUnits: left, currency: paid.currency)
  }
}
