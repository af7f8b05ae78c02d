import Payments
import Provider
import Vocabulary

/// A line of the books with what it means here and what comparing them came to.
struct ComparedLine {
  let line: BookLine
  let verdict: LineVerdict
  var payment: RecordedPayment?
  var refund: Refund?
  var dispute: Dispute?

  /// What the books know of ours.
  var mark: BookMark? {
    guard verdict.marks else { return nil }
    switch line.kind {
    case .payment: return payment.map { .payment($0.id) }
    case .refund: return refund.map { .refund($0.id) }
    case .dispute: return nil
    }
  }

  /// - Parameter event: the event that is to settle the line.
  func item(event: ProviderEvent?) -> NewItem? {
    verdict.difference.map { kind in
      NewItem(
        kind: kind, subject: line.kind, name: line.name, paymentID: payment?.id,
        refundID: refund?.id, outTradeNo: line.outTradeNo ?? payment?.outTradeNo,
        providerTransactionID: line.providerTransactionID ?? payment?.providerTransactionID,
        outRequestNo: line.outRequestNo ?? refund?.outRequestNo,
        providerRefundID: line.providerRefundID ?? refund?.providerRefundID, ours: ours,
        theirs: ReconciliationItem.Side(status: line.status.rawValue, amount: line.amount),
        occurredAt: line.occurredAt, eventKey: event?.eventKey)
    }
  }

  private var ours: ReconciliationItem.Side? {
    switch line.kind {
    case .payment:
      payment.map { .init(status: $0.status.rawValue, amount: ReportedAmount($0.amount)) }
    case .refund:
      refund.map { .init(status: $0.status.rawValue, amount: ReportedAmount($0.amount)) }
    case .dispute: dispute.map { .init(status: $0.status.rawValue, amount: $0.amount) }
    }
  }
}
