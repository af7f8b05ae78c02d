import HTTP
import HTTPTypes
public import Provider
public import Vocabulary

extension StripeProvider {
  public struct Notice: Sendable {
    let body: StripeWire.Notice

    fileprivate init(_ body: StripeWire.Notice) { self.body = body }
  }

  public struct News: Sendable {
    enum Content {
      case told(StripeNews)
      /// It is stored, and Stripe is asked afterwards.
      case question(ChangedObject)
    }

    let content: Content
    /// With which the keys of its events begin.
    let key: String
    let account: ProviderAccount
    /// When Stripe made the event; nil when it does not say.
    let createdAt: Timestamp?
  }

  /// Checks the signature over the raw body, then decodes it.
  public func authenticate(_ notification: Notification) throws(NotificationFault) -> Notice {
    let request = notification.request
    guard let header = request.headers[.stripeSignature] else { throw .refused(.notSigned) }
    do throws(NotificationRefusal) {
      try StripeSignature(header).verify(
        request.body, secrets: configuration.webhookSecrets, now: notification.receivedAt)
    } catch {
      throw .refused(error)
    }
    guard let body = StripeWire.decode(StripeWire.Notice.self, request.body) else {
      throw .refused(.malformed)
    }
    return Notice(body)
  }

  public func read(_ notice: Notice) throws(NotificationRefusal) -> NotificationReading<News> {
    switch notice.body {
    case .thin(let thin): return read(thin)
    case .other(let kind): return .irrelevant(kind: kind)
    case .event(let head, let object): return try read(head, object)
    }
  }

  /// A thin event says only what changed.
  private func read(_ thin: StripeWire.ThinEvent) -> NotificationReading<News> {
    guard let object = StripeNews.changed(thin) else { return .irrelevant(kind: thin.type) }
    return .news(
      News(
        content: .question(object), key: thin.id,
        account: ProviderAccount(
          merchant: thin.context ?? "", isLive: thin.livemode ?? configuration.isLive),
        createdAt: thin.createdAt))
  }

  private func read(
    _ head: StripeWire.EventHead, _ object: StripeWire.Object
  ) throws(NotificationRefusal) -> NotificationReading<News> {
    let reading = StripeNews.read(head, object)
    let content: News.Content
    switch reading {
    case .irrelevant: return .irrelevant(kind: head.type)
    case .malformed: throw .malformed
    case .question(let object): content = .question(object)
    case .news(let news):
      guard head.livemode ?? news.isLive == news.isLive else { throw .malformed }
      content = .told(news)
    }
    return .news(
      News(
        content: content, key: head.id,
        account: ProviderAccount(
          merchant: head.account ?? "",
          isLive: head.livemode ?? reading.isLive ?? configuration.isLive),
        createdAt: head.created.flatMap { Timestamp(reportedUnixSeconds: $0) }))
  }

  public func complete(_ news: News, now: Timestamp) -> NotificationOutcome {
    switch news.content {
    case .question(let object):
      return NotificationOutcome(
        ProviderEvent(
          provider: .stripe, eventKey: news.key, source: .notification, kind: .changed(object),
          outTradeNo: nil, providerTransactionID: object.id, account: news.account,
          occurredAt: news.createdAt ?? now))
    case .told(let told):
      let isLate = news.createdAt.map { now >= $0.adding(seconds: StripeNews.lateSeconds) } ?? false
      return outcome(
        of: told,
        StripeNews.Telling(
          key: news.key, account: news.account, occurredAt: news.createdAt ?? now, isLate: isLate))
    }
  }
}

extension HTTPField.Name {
  static let stripeSignature = HTTPField.Name("Stripe-Signature") ?? .authorization
}
