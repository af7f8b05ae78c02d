import HTTP
import Provider
import Vocabulary

/// Checkout Sessions: the buyer pays on Stripe's page.
///
/// Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/checkout/fulfillment.
extension StripeProvider {
  /// Stripe keeps a page open for at least this long after its creation, in seconds.
  private static let sessionSecondsMin: Int64 = 30 * 60
  private static let sessionSecondsMax: Int64 = 24 * 60 * 60
  /// How far Stripe's clock may be from ours, in seconds.
  private static let clockSecondsMax: Int64 = 60
  /// Longest address of a page that can be stored, in bytes.
  private static let addressBytesMax = 3_000

  static func isSession(_ number: String) -> Bool { number.hasPrefix("cs_") }

  func sessionFields(_ payment: PaymentRequest) -> [(name: String, value: String)] {
    let item = "line_items[0][price_data]"
    let intent = "payment_intent_data"
    return [
      ("mode", "payment"),
      ("client_reference_id", payment.outTradeNo),
      ("line_items[0][quantity]", "1"),
      ("\(item)[currency]", payment.amount.currency.code.lowercased()),
      ("\(item)[unit_amount]", String(payment.amount.minorUnits)),
      ("\(item)[product_data][name]", payment.subject),
      ("success_url", returnURL(payment, "session_id={CHECKOUT_SESSION_ID}")),
      ("cancel_url", payment.returnURL),
      ("expires_at", String(sessionEnd(payment).unixSeconds)),
      ("metadata[\(StripeProvider.orderNumberKey)]", payment.orderNumber.text),
      ("metadata[\(StripeProvider.outTradeNoKey)]", payment.outTradeNo),
      ("\(intent)[description]", description(payment)),
      // What is said of the session is not copied to its intent.
      ("\(intent)[metadata][\(StripeProvider.orderNumberKey)]", payment.orderNumber.text),
      ("\(intent)[metadata][\(StripeProvider.outTradeNoKey)]", payment.outTradeNo),
      ("\(intent)[metadata][\(StripeProvider.checkoutKey)]", StripeWire.sessionMark),
    ]
  }

  private func returnURL(_ payment: PaymentRequest, _ field: String) -> String {
    payment.returnURL + (payment.returnURL.contains("?") ? "&" : "?") + field
  }

  /// Far enough ahead for Stripe until the order ends.
  private func sessionEnd(_ payment: PaymentRequest) -> Timestamp {
    min(
      payment.expiresAt.adding(
        seconds: StripeProvider.sessionSecondsMin + StripeProvider.clockSecondsMax),
      payment.createdAt.adding(
        seconds: StripeProvider.sessionSecondsMax - StripeProvider.clockSecondsMax))
  }

  func startedSession(_ session: StripeWire.Session?, _ payment: PaymentStart) -> StartOutcome {
    guard let session, session.object == "checkout.session", StripeProvider.isSession(session.id),
      let url = session.url, url.utf8.count <= StripeProvider.addressBytesMax
    else { return .unknown(Cause(.unavailable, "the answer is not an open checkout session")) }
    guard session.amountTotal == payment.amount.minorUnits,
      session.currency?.uppercased() == payment.amount.currency.code,
      session.livemode == configuration.isLive, session.clientReferenceID == payment.outTradeNo
    else {
      return .unknown(Cause(.conflict, "the answer is about another payment, amount or mode"))
    }
    return .started(
      StartedPayment(providerTransactionID: session.id, presentation: .redirect(url: url)))
  }

  func querySession(_ id: String, now: Timestamp) -> QueryOutcome {
    let path = "/v1/checkout/sessions/\(PercentCoding.encode(id))"
    switch get(path, [("expand[]", "payment_intent")]) {
    case .success(let body):
      guard let session = StripeWire.decode(StripeWire.Session.self, body), session.id == id,
        let event = event(session, now)
      else { return .unknown(Cause(.unavailable, "the answer is not this checkout session")) }
      guard let intent = session.paymentIntent?.id else { return .event(event) }
      return withRefunds(event, ofIntent: intent, now)
    case .notFound: return .notFound
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func event(_ session: StripeWire.Session, _ now: Timestamp) -> ProviderEvent? {
    let states = [session.status, session.paymentStatus, session.paymentIntent?.status]
    let state = states.compactMap { $0 }.joined(separator: ":")
    return ProviderEvent(
      provider: .stripe, eventKey: "query:\(session.id):\(state)", source: .query,
      kind: StripeTranslation.kind(of: session), outTradeNo: session.clientReferenceID,
      providerTransactionID: session.id,
      account: ProviderAccount(merchant: "", isLive: session.livemode), occurredAt: now)
  }

  /// Expires the page. The intent of a session cannot be cancelled by itself.
  func expireSession(_ id: String, _ payment: PaymentReference) -> CloseOutcome {
    let answer = post(
      "/v1/checkout/sessions/\(PercentCoding.encode(id))/expire", [],
      idempotencyKey: "coinpay-expire-\(payment.outTradeNo)")
    switch answer {
    case .success(let body):
      let session = StripeWire.decode(StripeWire.Session.self, body)
      guard let session, session.id == id, session.status == "expired" else {
        return .unknown(Cause(.unavailable, "the answer is not an expired checkout session"))
      }
      return .closed
    case .refused(let cause): return .refused(cause)
    case .notFound: return .notFound
    case .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }
}
