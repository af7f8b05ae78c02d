import HTTP
public import Provider
public import Vocabulary

extension StripeProvider: ObjectReader {
  /// The paths at which objects are read. What they are called in events is never put into an address.
  private static let objectPaths = [
    "payment_intent": "/v1/payment_intents/", "checkout.session": "/v1/checkout/sessions/",
    "charge": "/v1/charges/", "refund": "/v1/refunds/", "dispute": "/v1/disputes/",
  ]

  public func read(
    _ object: ChangedObject, eventKey: String, account: ProviderAccount, now: Timestamp
  ) -> ChangedObjectOutcome {
    guard let path = StripeProvider.objectPaths[object.type] else { return .events([]) }
    let query = object.type == "checkout.session" ? [("expand[]", "payment_intent")] : []
    switch get(path + PercentCoding.encode(object.id), query) {
    case .success(let body): return read(object, body, eventKey, isLive: account.isLive, now)
    // Objects of connected accounts are not ours.
    case .notFound where !account.merchant.isEmpty: return .events([])
    case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func read(
    _ object: ChangedObject, _ body: [UInt8], _ eventKey: String, isLive: Bool, _ now: Timestamp
  ) -> ChangedObjectOutcome {
    switch StripeNews.read(object, body, isLive: isLive) {
    case .irrelevant: return .events([])
    case .malformed: return .unknown(Cause(.unavailable, "the answer is not this \(object.type)"))
    case .question: return .unknown(Cause(.unavailable, "it is in a state that is not known here"))
    case .news(let news):
      let telling = StripeNews.Telling(
        key: "\(eventKey):\(news.state)",
        account: ProviderAccount(merchant: "", isLive: news.isLive), occurredAt: now, isLate: true)
      switch outcome(of: news, telling) {
      case .events(let events): return .events(events)
      case .unverifiable(let cause): return .unknown(cause)
      case .irrelevant: return .events([])
      case .refused: return .unknown(Cause(.other, "its numbers cannot be kept"))
      }
    }
  }
}
