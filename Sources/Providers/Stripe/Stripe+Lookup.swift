import HTTP
import Provider
import Vocabulary

extension StripeProvider {
  /// Disputes of one payment that are looked at: each may hold 100 kB of evidence.
  private static let pageDisputesMax = 10

  /// The payment of ours that a PaymentIntent belongs to.
  enum OwnerOutcome {
    case payment(number: String, outTradeNo: String?)
    case unknown(Cause)
  }

  /// Refunds, disputes and charges name only their intent, while a payment by a Checkout Session is
  /// known by the session. Unless the metadata says whose it is, Stripe is asked for that of the intent:
  /// by it also a payment is ours whose beginning we never heard of.
  func owner(ofIntent id: String, _ metadata: [String: String]?) -> OwnerOutcome {
    guard metadata?[StripeProvider.outTradeNoKey] == nil else {
      return owner(ofIntent: id, saying: metadata)
    }
    switch get("/v1/payment_intents/\(PercentCoding.encode(id))") {
    case .success(let body):
      guard let intent = StripeWire.decode(StripeWire.PaymentIntent.self, body), intent.id == id
      else { return .unknown(Cause(.unavailable, "the answer is not this payment intent")) }
      return owner(ofIntent: id, saying: intent.metadata ?? metadata)
    case .notFound: return owner(ofIntent: id, saying: metadata)
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func owner(ofIntent id: String, saying metadata: [String: String]?) -> OwnerOutcome {
    let outTradeNo = metadata?[StripeProvider.outTradeNoKey]
    let mark = metadata?[StripeProvider.checkoutKey]
    if outTradeNo != nil, mark != StripeWire.sessionMark {
      return .payment(number: id, outTradeNo: outTradeNo)
    }
    switch get("/v1/checkout/sessions", [("payment_intent", id), ("limit", "1")]) {
    case .success(let body):
      guard let list = StripeWire.decode(StripeWire.List<StripeWire.SessionName>.self, body) else {
        return .unknown(Cause(.unavailable, "the answer is not a list of checkout sessions"))
      }
      guard let session = list.data.first else {
        return .payment(number: id, outTradeNo: outTradeNo)
      }
      return .payment(number: session.id, outTradeNo: session.clientReferenceID ?? outTradeNo)
    case .notFound: return .payment(number: id, outTradeNo: outTradeNo)
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  /// What Stripe says when it is asked what became of a payment's money.
  enum NewsOutcome {
    /// Stripe knows nothing newer.
    case asTheyWere
    /// News of refunds or disputes, and the question about one in a state that nobody knows.
    case now([ProviderEvent.Kind])
    case unknown(Cause)
  }

  /// The refunds that an event leaves in doubt, as they are now.
  func refundNews(_ doubt: StripeNews.Doubt) -> NewsOutcome {
    switch doubt {
    case .none: return .asTheyWere
    case .refund(let id):
      return refundNews(get("/v1/refunds/\(PercentCoding.encode(id))")) { body in
        StripeWire.decode(StripeWire.Refund.self, body).map { [$0] }
      }
    case .refunds(let intent):
      let limit = String(StripeProvider.pageRefundsMax)
      return refundNews(get("/v1/refunds", [("payment_intent", intent), ("limit", limit)])) {
        StripeWire.decode(StripeWire.List<StripeWire.Refund>.self, $0)?.data
      }
    }
  }

  /// A payment that succeeded may have been given back since: with its refunds as they are now.
  func withRefunds(
    _ event: ProviderEvent, ofIntent intent: String, _ now: Timestamp
  ) -> QueryOutcome {
    guard case .succeeded = event.kind else { return .event(event) }
    let refunds: [ProviderEvent.Kind]
    switch refundNews(.refunds(ofIntent: intent)) {
    case .unknown(let cause): return .unknown(cause)
    case .asTheyWere: refunds = []
    case .now(let kinds): refunds = kinds.filter { !$0.isFailedRefund }
    }
    let disputes: [ProviderEvent.Kind]
    switch disputeNews(ofIntent: intent) {
    case .unknown(let cause): return .unknown(cause)
    case .asTheyWere: disputes = []
    case .now(let kinds): disputes = kinds
    }
    return .event(
      event, refunds: (refunds + disputes).compactMap { event.saying($0)?.named(queryKey($0)) })
  }

  /// The disputes about an intent as they are now, whatever was missed of them. A key that may not read disputes tells
  /// nothing of them.
  private func disputeNews(ofIntent intent: String) -> NewsOutcome {
    let limit = String(StripeProvider.pageDisputesMax)
    switch get("/v1/disputes", [("payment_intent", intent), ("limit", limit)]) {
    case .success(let body):
      let list = StripeWire.decode(StripeWire.List<StripeWire.Dispute>.self, body)
      return list.map { .now($0.data.compactMap(disputeKind)) }
        ?? .unknown(Cause(.unavailable, "the answer is not a list of disputes"))
    case .notFound, .forbidden, .refused: return .asTheyWere
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }

  private func disputeKind(_ dispute: StripeWire.Dispute) -> ProviderEvent.Kind? {
    StripeTranslation.news(of: dispute).map { .dispute($0) }
      ?? ChangedObject(type: "dispute", id: dispute.id).map { .changed($0) }
  }

  private func queryKey(_ kind: ProviderEvent.Kind) -> String {
    switch kind {
    case .refund(let news): "refund:\(news.providerRefundID ?? ""):\(news.status.rawValue)"
    case .dispute(let news): "dispute:\(news.disputeID):\(news.status.rawValue)"
    case .changed(let object): "\(object.type):\(object.id):unclear"
    default: "refund:"
    }
  }

  private func refundNews(
    _ answer: Answer, _ refunds: ([UInt8]) -> [StripeWire.Refund]?
  ) -> NewsOutcome {
    switch answer {
    case .success(let body):
      guard let refunds = refunds(body) else {
        return .unknown(Cause(.unavailable, "the answer is not about refunds"))
      }
      return .now(
        refunds.compactMap { refund in
          StripeTranslation.news(of: refund).map { .refund($0) }
            ?? ChangedObject(type: "refund", id: refund.id).map { .changed($0) }
        })
    case .notFound: return .asTheyWere
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }
}
