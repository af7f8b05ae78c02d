import Crypto
import HTTP
import HTTPTypes
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  public struct Notice: Sendable {
    enum Content {
      case payment(WeChatPayV3Wire.Trade)
      case refund(WeChatPayV3Wire.Refund, status: String)
      case other(kind: String)
    }

    /// Names the notification: a copy has the same name.
    let key: String
    let content: Content

    fileprivate init(key: String, _ content: Content) {
      self.key = key
      self.content = content
    }
  }

  public struct News: Sendable {
    enum Content {
      case payment(WeChatPayV3Wire.Trade)
      case refund(RefundNews, WeChatPayV3Wire.Refund)
    }

    let key: String
    let content: Content
  }

  /// Signature over the raw body first, then decryption, then whose it is.
  public func authenticate(_ notification: Notification) throws(NotificationFault) -> Notice {
    let request = notification.request
    do throws(NotificationRefusal) {
      let signature = try WeChatPayV3Signature { name in
        HTTPField.Name(name).flatMap { request.headers[$0] }
      }
      switch key(signature.serial, now: notification.receivedAt) {
      case .known(let key):
        try signature.verify(request.body, key: key, now: notification.receivedAt)
        return try open(request.body)
      case .unknown: throw .signatureWrong
      case .undecided: break
      }
    } catch {
      throw .refused(error)
    }
    throw .unverifiable(Cause(.unavailable, "the certificate it names is not here yet"))
  }

  private func open(_ body: [UInt8]) throws(NotificationRefusal) -> Notice {
    let envelope = try decode(WeChatPayV3Wire.Notice.self, body)
    guard envelope.resourceType == WeChatPayV3Wire.encrypted else { throw .malformed }
    guard let plain = envelope.resource.open(credentials.apiKey) else { throw .signatureWrong }
    return Notice(
      key: "notify:\(Hex.encode(SHA256.digest(plain)))", try content(envelope.eventType, plain))
  }

  private func content(
    _ eventType: String, _ plain: [UInt8]
  ) throws(NotificationRefusal) -> Notice.Content {
    if eventType == "TRANSACTION.SUCCESS" {
      let trade = try decode(WeChatPayV3Wire.Trade.self, plain)
      guard isOurs(trade) else { throw .otherAccount }
      return .payment(trade)
    }
    if eventType.hasPrefix("REFUND.") {
      let refund = try decode(WeChatPayV3Wire.Refund.self, plain)
      guard let status = refund.refundStatus else { throw .malformed }
      guard refund.mchid == us.merchantID else { throw .otherAccount }
      return .refund(refund, status: status)
    }
    return .other(kind: eventType)
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8]
  ) throws(NotificationRefusal) -> Value {
    guard let value = JSON.decode(type, from: bytes, depthLevelsMax: WeChatPayV3.depthLevelsMax)
    else { throw .malformed }
    return value
  }

  public func read(_ notice: Notice) throws(NotificationRefusal) -> NotificationReading<News> {
    switch notice.content {
    case .other(let kind): return .irrelevant(kind: kind)
    case .refund(let refund, let status):
      let news = RefundNews(
        WeChatPayTranslation.outcome(of: status, refund.facts), outRequestNo: refund.outRefundNo,
        providerRefundID: refund.refundId)
      guard let news else { throw .malformed }
      return .news(News(key: notice.key, content: .refund(news, refund)))
    case .payment(let trade):
      let kind = WeChatPayTranslation.kind(of: trade.tradeState, trade.amount?.reported)
      guard let kind, !trade.outTradeNo.isEmpty, trade.transactionId?.isEmpty != true else {
        throw .malformed
      }
      switch kind {
      case .succeeded, .refunded:
        // Money has a number at WeChat Pay; without it a second payment could not be told from the first.
        guard trade.transactionId != nil else { throw .malformed }
        return .news(News(key: notice.key, content: .payment(trade)))
      // The name of the notification alone proves nothing.
      default: return .irrelevant(kind: "not paid")
      }
    }
  }

  public func complete(_ news: News, now: Timestamp) -> NotificationOutcome {
    switch news.content {
    case .payment(let trade):
      NotificationOutcome(event(trade, key: news.key, source: .notification, now))
    case .refund(let told, let refund):
      NotificationOutcome(
        ProviderEvent(
          provider: .wechat, eventKey: news.key, source: .notification, kind: .refund(told),
          outTradeNo: refund.outTradeNo, providerTransactionID: refund.transactionId,
          account: account, occurredAt: now))
    }
  }
}
