import HTTP
public import Provider
public import Vocabulary

extension StripeProvider {
  /// Retrieves the PaymentIntent or the Checkout Session.
  public func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    // Without a number nobody was given anything to pay with, whatever Stripe may have made.
    guard let id = payment.providerTransactionID else { return .notFound }
    if StripeProvider.isSession(id) { return querySession(id, now: now) }
    switch get("/v1/payment_intents/\(PercentCoding.encode(id))") {
    case .success(let body):
      guard let intent = StripeWire.decode(StripeWire.PaymentIntent.self, body), intent.id == id,
        let event = event(intent, now)
      else { return .unknown(Cause(.unavailable, "the answer is not this payment intent")) }
      return withRefunds(event, ofIntent: intent.id, now)
    case .notFound: return .notFound
    case .refused(let cause): return .unknown(cause)
    case .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  /// The same state asked for twice is the same event.
  private func event(_ intent: StripeWire.PaymentIntent, _ now: Timestamp) -> ProviderEvent? {
    let kind = StripeTranslation.kind(of: intent)
    return ProviderEvent(
      provider: .stripe, eventKey: "query:\(intent.id):\(intent.status)", source: .query,
      kind: kind, outTradeNo: intent.metadata?[StripeProvider.outTradeNoKey],
      providerTransactionID: intent.id,
      account: ProviderAccount(merchant: "", isLive: intent.livemode),
      occurredAt: now)
  }

  /// Cancels the PaymentIntent or expires the Checkout Session: an uncancelled intent stays payable
  /// for ever.
  public func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    // Without a number nobody was given anything to pay with, whatever Stripe may have made.
    guard let id = payment.providerTransactionID else { return .notFound }
    if StripeProvider.isSession(id) { return expireSession(id, payment) }
    let answer = post(
      "/v1/payment_intents/\(PercentCoding.encode(id))/cancel",
      [("cancellation_reason", "abandoned")],
      idempotencyKey: "coinpay-cancel-\(payment.outTradeNo)")
    switch answer {
    case .success(let body):
      let intent = StripeWire.decode(StripeWire.PaymentIntent.self, body)
      guard let intent, intent.id == id, intent.status == "canceled" else {
        return .unknown(Cause(.unavailable, "the answer is not a cancelled payment intent"))
      }
      return .closed
    case .refused(let cause): return .refused(cause)
    case .notFound: return .notFound
    case .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }
}
