import HTTP
import Provider
import Vocabulary

/// Looking for what an earlier start of a payment has made, whose answer was lost.
extension StripeProvider {
  /// Objects listed at once, the most that Stripe gives, and pages looked through for one payment.
  private static let pageObjectsMax = 100
  private static let pagesMax = 10
  /// How far Stripe's clock may be behind ours, in seconds.
  private static let clockBehindSeconds: Int64 = 300

  private enum Found<Element> {
    case object(Element)
    case nothing
    case unknown(Cause)
  }

  /// What a refused start comes to. The refusal says nothing about an earlier one of the same payment:
  /// only together with Stripe's own list, which knows no such payment, it is one.
  func lookUp(_ payment: PaymentStart, refused cause: Cause) -> StartOutcome {
    if payment.request.call == StripeProvider.sessionsPath {
      let found = find(StripeWire.Session.self, of: payment, id: \.id) {
        $0.clientReferenceID == payment.outTradeNo
      }
      return outcome(found, refused: cause) { startedSession($0, payment) }
    }
    let found = find(StripeWire.PaymentIntent.self, of: payment, id: \.id) {
      $0.metadata?[StripeProvider.outTradeNoKey] == payment.outTradeNo
        && $0.metadata?[StripeProvider.checkoutKey] != StripeWire.sessionMark
    }
    return outcome(found, refused: cause) { startedIntent($0, payment) }
  }

  private func outcome<Element>(
    _ found: Found<Element>, refused cause: Cause, _ started: (Element) -> StartOutcome
  ) -> StartOutcome {
    switch found {
    case .object(let object): started(object)
    case .nothing: .refused(cause)
    case .unknown(let unknown): .unknown(unknown)
    }
  }

  /// - Parameter isMeant: whether an object bears the payment's number.
  private func find<Element: Decodable>(
    _ type: Element.Type, of payment: PaymentStart, id: (Element) -> String,
    where isMeant: (Element) -> Bool
  ) -> Found<Element> {
    let begin = payment.createdAt.adding(seconds: -StripeProvider.clockBehindSeconds)
    let query = [
      ("created[gte]", String(begin.unixSeconds)),
      ("limit", String(StripeProvider.pageObjectsMax)),
    ]
    var after: [(String, String)] = []
    for _ in 1...StripeProvider.pagesMax {
      switch get(payment.request.call, query + after) {
      case .success(let body):
        guard let page = StripeWire.decode(StripeWire.List<Element>.self, body) else {
          return .unknown(Cause(.unavailable, "the answer is not a list of payments"))
        }
        if let object = page.data.first(where: isMeant) { return .object(object) }
        guard page.hasMore == true, let last = page.data.last else { return .nothing }
        after = [("starting_after", id(last))]
      case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
      case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
        return .unknown(cause)
      }
    }
    return .unknown(Cause(.conflict, "there are too many payments to look through"))
  }
}
