import Provider
import Vocabulary

extension Payment {
  /// What we ourselves report about this payment: it names the payment's own numbers and account, and goes
  /// through the settlement like any other event.
  ///
  /// - Parameters:
  ///   - key: the same for the same report, however often it is made.
  ///   - transactionID: the provider's number, where the report is the first to name one.
  /// - Returns: nil when a number cannot be kept.
  func event(
    _ key: String, _ kind: ProviderEvent.Kind, from source: ProviderEvent.Source = .query,
    transactionID: String? = nil, at moment: Timestamp
  ) -> ProviderEvent? {
    ProviderEvent(
      provider: facts.provider, eventKey: key, source: source, kind: kind, outTradeNo: outTradeNo,
      providerTransactionID: transactionID ?? facts.providerTransactionID, account: facts.account,
      occurredAt: moment)
  }

  /// That it was made unpayable at its provider.
  func closedEvent(_ cause: Cause, at moment: Timestamp) -> ProviderEvent? {
    event("closed:\(outTradeNo)", .closed(cause), at: moment)
  }
}
