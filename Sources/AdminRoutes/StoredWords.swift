import Orders
import Pages
import Payments
import Provider
import Vocabulary

/// Words that rows keep, as readers see them. What is not known, such as the word of a newer version, is shown as it
/// is.
extension Language {
  /// What settling did about an event, or as long as it did nothing the event's state.
  func outcome(_ outcome: String?, orState state: String) -> String {
    outcome.map { EventOutcome.name(of: $0, self) } ?? EventState.name(of: state, self)
  }

  /// A state of an order or a payment's history.
  func state(_ state: String, ofPayment isOfPayment: Bool) -> String {
    isOfPayment ? PaymentStatus.name(of: state, self) : OrderStatus.name(of: state, self)
  }

  /// A state of a payment, a refund or a dispute in books, ours or a provider's.
  func booked(_ state: String) -> String {
    PaymentStatus(rawValue: state)?.name(self) ?? RefundStatus(rawValue: state)?.name(self)
      ?? DisputeNews.Status.name(of: state, self)
  }

  /// Why an order or a payment came into a state.
  func step(_ cause: String) -> String {
    TransitionCause(rawValue: cause)?.name(self) ?? SuspenseReason(rawValue: cause)?.name(self)
      ?? self.cause(cause)
  }

  /// A cause that a provider gave, as `Cause` describes itself: `declined: 05`.
  func cause(_ stored: String) -> String {
    let parts = stored.split(separator: ":", maxSplits: 1)
    guard let kind = parts.first.flatMap({ Cause.Kind(rawValue: String($0)) }) else {
      return stored
    }
    guard parts.count == 2 else { return kind.name(self) }
    return pair(kind.name(self), String(parts[1].drop { $0 == " " }))
  }

  /// What a provider answered about a payment, as records keep it: `SUCCEEDED`, `FAILED: declined`.
  func providerAnswer(_ answer: String) -> String {
    if answer == ProviderAnswer.notFound.text { return Phrase.answerNotFound.text(self) }
    if answer.hasPrefix(ProviderAnswer.unclearPrefix) {
      let cause = String(answer.dropFirst(ProviderAnswer.unclearPrefix.count))
      return pair(Phrase.noClearAnswer.text(self), self.cause(cause))
    }
    let parts = answer.split(separator: ":", maxSplits: 1)
    guard let kind = parts.first.flatMap({ EventKind(rawValue: String($0)) }) else { return answer }
    guard parts.count == 2 else { return kind.name(self) }
    return pair(kind.name(self), cause(String(parts[1].drop { $0 == " " })))
  }
}
