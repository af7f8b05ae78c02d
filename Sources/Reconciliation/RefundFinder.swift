import Payments
import Provider
import Vocabulary

/// Finds the refund that a line of the books means. Where neither side names a number, a refund of the
/// same amount that no other line means stands for it.
struct RefundFinder {
  private var refunds: [PaymentID: [Refund]]
  private var taken: Set<RefundID> = []

  init(_ refunds: [Refund]) {
    self.refunds = Dictionary(grouping: refunds, by: \.paymentID)
  }

  mutating func take(_ line: BookLine, of payment: PaymentID) -> Refund? {
    let known = refunds[payment] ?? []
    let found = numbered(line, known) ?? unnumbered(line, known)
    if let found { taken.insert(found.id) }
    return found
  }

  private func numbered(_ line: BookLine, _ known: [Refund]) -> Refund? {
    if let number = line.outRequestNo,
      let refund = known.first(where: { $0.outRequestNo == number })
        ?? known.first(where: { $0.providerRefundID == number })
    {
      return refund
    }
    guard let id = line.providerRefundID else { return nil }
    return known.first { $0.providerRefundID == id }
  }

  private func unnumbered(_ line: BookLine, _ known: [Refund]) -> Refund? {
    let hasNumber = line.outRequestNo != nil || line.providerRefundID != nil
    return known.first { refund in
      ReportedAmount(refund.amount) == line.amount && !taken.contains(refund.id)
        && refund.status != .failed && (refund.isUnnumbered || !hasNumber)
    }
  }
}
