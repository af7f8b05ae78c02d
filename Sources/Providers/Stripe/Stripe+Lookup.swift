import HTTP
import Provider

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
}
