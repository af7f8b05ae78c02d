import HTTP
import Provider
import Vocabulary

extension StripeProvider {
  /// The payment of ours that a PaymentIntent belongs to.
  enum OwnerOutcome {
    case payment(number: String, outTradeNo: String?)
    case unknown(Cause)
  }

  /// Refunds, disputes and charges name only their intent, while a payment by a Checkout Session is
  /// known by the session. Stripe is asked unless the metadata says that it is ours and has none.
  func owner(ofIntent id: String, _ metadata: [String: String]?) -> OwnerOutcome {
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

  enum RefundsOutcome {
    /// Stripe knows nothing newer.
    case asTheyWere
    case now([RefundNews])
    case unknown(Cause)
  }

  /// The refunds that an event leaves in doubt, as they are now.
  func refundNews(_ doubt: StripeNews.Doubt) -> RefundsOutcome {
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
    switch refundNews(.refunds(ofIntent: intent)) {
    case .unknown(let cause): return .unknown(cause)
    case .asTheyWere: return .event(event)
    case .now(let news):
      let refunds = news.filter { $0.status != .failed }.compactMap { refund in
        event.saying(.refund(refund))?.named(
          "refund:\(refund.providerRefundID ?? ""):\(refund.status.rawValue)")
      }
      return .event(event, refunds: refunds)
    }
  }

  private func refundNews(
    _ answer: Answer, _ refunds: ([UInt8]) -> [StripeWire.Refund]?
  ) -> RefundsOutcome {
    switch answer {
    case .success(let body):
      guard let refunds = refunds(body) else {
        return .unknown(Cause(.unavailable, "the answer is not about refunds"))
      }
      return .now(refunds.compactMap { StripeTranslation.news(of: $0) })
    case .notFound: return .asTheyWere
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }
}
