import HTTP
import HTTPTypes
public import Provider
public import Vocabulary

extension StripeProvider: ObjectReader {
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
    if let thin = StripeWire.decode(StripeWire.ThinEvent.self, body),
      thin.object == StripeWire.ThinEvent.mark
    {
      return try translate(thin, receivedAt: receivedAt)
    }
    guard let head = StripeWire.decode(StripeWire.EventHead.self, body) else { throw .malformed }
    guard head.object == "event" else { return .irrelevant(kind: head.type) }
    let reading = StripeNews.read(head, body)
    let account = ProviderAccount(
      merchant: head.account ?? "", isLive: head.livemode ?? reading.isLive ?? configuration.isLive)
    switch reading {
    case .irrelevant: return .irrelevant(kind: head.type)
    case .malformed: throw .malformed
    case .question(let object):
      return try question(
        about: object, eventKey: head.id, of: account,
        occurredAt: head.created.flatMap { Timestamp(reportedUnixSeconds: $0) } ?? receivedAt)
    case .news(let news):
      guard head.livemode ?? news.isLive == news.isLive else { throw .malformed }
      let created = head.created.flatMap { Timestamp(reportedUnixSeconds: $0) }
      return try complete(
        news,
        StripeNews.Telling(
          key: head.id, account: account, occurredAt: created ?? receivedAt,
          isLate: created.map { receivedAt >= $0.adding(seconds: StripeNews.lateSeconds) } ?? false)
      )
    }
  }

  /// A thin event says only what changed: it is stored, and Stripe is asked afterwards.
  private func translate(
    _ thin: StripeWire.ThinEvent, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> VerificationOutcome {
    guard let object = StripeNews.changed(thin) else { return .irrelevant(kind: thin.type) }
    return try question(
      about: object, eventKey: thin.id,
      of: ProviderAccount(
        merchant: thin.context ?? "", isLive: thin.livemode ?? configuration.isLive),
      occurredAt: thin.createdAt ?? receivedAt)
  }

  private func question(
    about object: ChangedObject, eventKey: String, of account: ProviderAccount,
    occurredAt: Timestamp
  ) throws(NotificationRefusal) -> VerificationOutcome {
    let event = ProviderEvent(
      provider: .stripe, eventKey: eventKey, source: .notification, kind: .changed(object),
      outTradeNo: nil, providerTransactionID: object.id, account: account, occurredAt: occurredAt)
    guard let event else { throw .malformed }
    return .events([event])
  }

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
      switch try? complete(news, telling) {
      case .events(let events): return .events(events)
      case .unverifiable(let cause): return .unknown(cause)
      case .irrelevant: return .events([])
      case .refused, nil: return .unknown(Cause(.other, "its numbers cannot be kept"))
      }
    }
  }

  /// Adds what only Stripe can tell: whose payment it is, and how its refunds are now.
  private func complete(
    _ read: StripeNews, _ telling: StripeNews.Telling
  ) throws(NotificationRefusal) -> VerificationOutcome {
    var news = read
    if telling.isLate { addRefunds(to: &news) }
    switch refundNews(read.doubt) {
    case .asTheyWere: break
    case .now(let kinds):
      if case .refund = read.doubt { news.kinds = [] }
      news.kinds += kinds.map { (read.doubt.keySuffix($0), $0) }
    case .unknown(let cause): return .unverifiable(cause)
    }
    switch owner(of: news.subject) {
    case .payment(let number, let outTradeNo):
      return .events(try news.events(telling, number: number, outTradeNo: outTradeNo))
    case .unknown(let cause): return .unverifiable(cause)
    }
  }

  /// News of a payment that comes late may have been overtaken by refunds. The payment is settled also
  /// when Stripe cannot be asked: then news of the refunds follows.
  private func addRefunds(to news: inout StripeNews) {
    let intent: String? =
      switch news.subject {
      case .intent(let intent): intent.id
      case .session(let session): session.paymentIntent?.id
      case .consequence: nil
      }
    guard let intent, news.kinds.contains(where: { $0.kind.isSuccess }),
      case .now(let kinds) = refundNews(.refunds(ofIntent: intent))
    else { return }
    let doubt = StripeNews.Doubt.refunds(ofIntent: intent)
    news.kinds += kinds.filter { !$0.isFailedRefund }.map { (doubt.keySuffix($0), $0) }
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

  var isFailedRefund: Bool {
    if case .refund(let news) = self { news.status == .failed } else { false }
  }
}
