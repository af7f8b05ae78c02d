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
    guard head.object == "event" else { return .irrelevant(kind: head.type) }
    switch StripeNews.read(head, body) {
    case .irrelevant: return .irrelevant(kind: head.type)
    case .malformed: throw .malformed
    case .news(let news):
      guard head.livemode ?? news.isLive == news.isLive else { throw .malformed }
      return try complete(news, head, receivedAt: receivedAt)
    }
  }

  /// Adds what only Stripe can tell: whose payment it is, and how its refunds are now.
  private func complete(
    _ read: StripeNews, _ head: StripeWire.EventHead, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> VerificationOutcome {
    var news = read
    addRefunds(to: &news, head, receivedAt: receivedAt)
    switch refundNews(read.doubt) {
    case .asTheyWere: break
    case .now(let current):
      if case .refund = read.doubt { news.kinds = [] }
      news.kinds += current.map { (read.doubt.keySuffix($0), .refund($0)) }
    case .unknown(let cause): return .unverifiable(cause)
    }
    switch owner(of: news.subject) {
    case .payment(let number, let outTradeNo):
      let account = ProviderAccount(merchant: head.account ?? "", isLive: news.isLive)
      let moment = head.created.flatMap { Timestamp(reportedUnixSeconds: $0) } ?? receivedAt
      return .events(
        try news.events(
          head.id, number: number, outTradeNo: outTradeNo, account: account, occurredAt: moment))
    case .unknown(let cause): return .unverifiable(cause)
    }
  }

  /// News of a payment that comes late may have been overtaken by refunds. The payment is settled also
  /// when Stripe cannot be asked: then news of the refunds follows.
  private func addRefunds(
    to news: inout StripeNews, _ head: StripeWire.EventHead, receivedAt: Timestamp
  ) {
    let intent: String? =
      switch news.subject {
      case .intent(let intent): intent.id
      case .session(let session): session.paymentIntent?.id
      case .consequence: nil
      }
    guard let intent, let created = head.created.flatMap({ Timestamp(reportedUnixSeconds: $0) }),
      receivedAt >= created.adding(seconds: StripeNews.lateSeconds),
      news.kinds.contains(where: { $0.kind.isSuccess }),
      case .now(let refunds) = refundNews(.refunds(ofIntent: intent))
    else { return }
    news.kinds += refunds.filter { $0.status != .failed }.map {
      (":" + ($0.providerRefundID ?? ""), .refund($0))
    }
  }

  private func owner(of subject: StripeNews.Subject) -> OwnerOutcome {
    switch subject {
    case .intent(let intent):
      .payment(
        number: intent.id, outTradeNo: intent.metadata?[StripeProvider.outTradeNoKey])
    case .session(let session):
      .payment(number: session.id, outTradeNo: session.clientReferenceID)
    case .consequence(let intent, let metadata): owner(ofIntent: intent, metadata)
    }
  }
}

extension HTTPField.Name {
  static let stripeSignature = HTTPField.Name("Stripe-Signature") ?? .authorization
}

extension ProviderEvent.Kind {
  fileprivate var isSuccess: Bool {
    if case .succeeded = self { true } else { false }
  }
}
