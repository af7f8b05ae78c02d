import Provider
import Vocabulary

extension BookLine {
  /// Names what the line is about, for a difference: numbers where there are some.
  var name: String {
    switch kind {
    case .payment: "\(providerTransactionID ?? outTradeNo ?? unnumbered)|\(status.rawValue)"
    case .refund: "\(refundName ?? "\(paymentName)|\(unnumbered)")|\(status.rawValue)"
    case .dispute: "\(providerRefundID ?? "\(paymentName)|\(unnumbered)")|\(status.rawValue)"
    }
  }

  /// Ours begin with the number of their payment. Others were chosen in the provider's console, where
  /// the refunds of two payments may bear the same.
  private var refundName: String? {
    guard let number = outRequestNo else { return providerRefundID }
    let isOurs = outTradeNo.map { number.hasPrefix($0) } ?? false
    return isOurs || paymentName.isEmpty ? number : "\(paymentName)|\(number)"
  }

  private var paymentName: String { providerTransactionID ?? outTradeNo ?? "" }

  private var unnumbered: String { "\(occurredAt.unixSeconds)|\(amount.minorUnits)" }

  /// The event that settles the line: the same whenever the books are read. Nil when the line's
  /// numbers are none that a payment of ours could have.
  func event(of account: ProviderAccount, at provider: PaymentMethod) -> ProviderEvent? {
    guard hasWholeTransactionID, let eventKind else { return nil }
    return ProviderEvent(
      provider: provider, eventKey: "books:\(kind.rawValue.lowercased()):\(eventName)",
      source: .reconciliation, kind: eventKind, outTradeNo: BookLine.plausible(outTradeNo),
      providerTransactionID: providerTransactionID, account: account, occurredAt: occurredAt)
  }

  private var eventName: String {
    switch kind {
    case .payment: "\(paymentName):\(amount.minorUnits)"
    case .refund:
      refundName
        ?? "\(paymentName):\(occurredAt.unixSeconds):\(amount.minorUnits)"
    case .dispute: "\(providerRefundID ?? paymentName):\(occurredAt.unixSeconds)"
    }
  }

  /// A line about a dispute moves money without saying how the dispute stands. Nil when it cannot be asked about.
  private var eventKind: ProviderEvent.Kind? {
    switch kind {
    case .payment: .succeeded(amount)
    case .refund:
      .refund(
        RefundNews(
          status: .succeeded, outRequestNo: BookLine.plausible(outRequestNo),
          providerRefundID: providerRefundID, amount: .ofRefund(amount)))
    case .dispute:
      providerRefundID.flatMap { ChangedObject(type: "dispute", id: $0) }.map { .changed($0) }
    }
  }

  /// Other software of the same account may keep other texts in the same place.
  private static func plausible(_ number: String?) -> String? {
    number.flatMap { text in
      KeptText(text, bytesMax: ProviderEvent.outTradeNoCharactersMax).isWhole ? text : nil
    }
  }
}
