import HTTP
import HTTPTypes
public import Provider
import Vocabulary

extension StripeProvider {
  /// Checks the signature over the raw body, then reads the event.
  public func verify(_ notification: Notification) -> VerificationOutcome {
    do throws(NotificationRefusal) {
      let request = notification.request
      guard let header = request.headers[.stripeSignature] else { throw .notSigned }
      try StripeSignature(header).verify(
        request.body, secrets: configuration.webhookSecrets, now: notification.receivedAt)
      return try translate(request.body, receivedAt: notification.receivedAt)
    } catch {
      return .refused(error)
    }
  }

  private func translate(
    _ body: [UInt8], receivedAt: Timestamp
  ) throws(NotificationRefusal) -> VerificationOutcome {
    guard let head = StripeWire.decode(StripeWire.EventHead.self, body) else { throw .malformed }
    // Thin events of API v2 carry no object.
    guard head.object == "event", StripeTranslation.isRelevant(head.type) else {
      return .irrelevant(kind: head.type)
    }
    guard let intent = StripeWire.decode(StripeWire.PaymentIntentEvent.self, body)?.data.object,
      intent.object == "payment_intent", head.livemode ?? intent.livemode == intent.livemode,
      let event = ProviderEvent(
        provider: .stripe, eventKey: head.id, source: .notification,
        kind: StripeTranslation.kind(of: intent),
        outTradeNo: intent.metadata?[StripeProvider.outTradeNoKey],
        providerTransactionID: intent.id,
        account: ProviderAccount(
          merchant: head.account ?? "", isLive: intent.livemode),
        occurredAt: head.created.flatMap { Timestamp(reportedUnixSeconds: $0) } ?? receivedAt)
    else { throw .malformed }
    return .events([event])
  }
}

extension HTTPField.Name {
  static let stripeSignature = HTTPField.Name("Stripe-Signature") ?? .authorization
}
