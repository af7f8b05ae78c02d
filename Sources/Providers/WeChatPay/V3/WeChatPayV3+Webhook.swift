import Crypto
import HTTP
import HTTPTypes
public import Provider
import Vocabulary

extension WeChatPayV3 {
  /// Signature over the raw body first, then decryption, then the facts.
  public func verify(_ notification: Notification) -> VerificationOutcome {
    do throws(NotificationRefusal) {
      let request = notification.request
      let signature = try WeChatPayV3Signature { name in
        HTTPField.Name(name).flatMap { request.headers[$0] }
      }
      switch key(signature.serial, now: notification.receivedAt) {
      case .known(let key):
        try signature.verify(request.body, key: key, now: notification.receivedAt)
        return try translate(request.body, receivedAt: notification.receivedAt)
      case .unknown: throw .signatureWrong
      case .undecided:
        return .unverifiable(Cause(.unavailable, "the certificate it names is not here yet"))
      }
    } catch {
      return .refused(error)
    }
  }

  private func translate(
    _ body: [UInt8], receivedAt: Timestamp
  ) throws(NotificationRefusal) -> VerificationOutcome {
    guard
      let notice = JSON.decode(
        WeChatPayV3Wire.Notice.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax),
      notice.resourceType == WeChatPayV3Wire.encrypted
    else { throw .malformed }
    guard let plain = notice.resource.open(credentials.apiKey) else { throw .signatureWrong }
    let key = "notify:\(Hex.encode(SHA256.digest(plain)))"
    if notice.eventType == "TRANSACTION.SUCCESS" {
      let event = try payment(plain, key: key, receivedAt: receivedAt)
      // The name of the notification alone proves nothing.
      switch event.kind {
      case .succeeded, .refunded: return .events([event])
      default: return .irrelevant(kind: "not paid")
      }
    }
    if notice.eventType.hasPrefix("REFUND.") {
      return .events([try refund(plain, key: key, receivedAt: receivedAt)])
    }
    return .irrelevant(kind: notice.eventType)
  }

  private func payment(
    _ plain: [UInt8], key: String, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> ProviderEvent {
    guard
      let trade = JSON.decode(
        WeChatPayV3Wire.Trade.self, from: plain, depthLevelsMax: WeChatPayV3.depthLevelsMax)
    else { throw .malformed }
    guard isOurs(trade) else { throw .otherAccount }
    guard let event = event(trade, key: key, source: .notification, receivedAt) else {
      throw .malformed
    }
    // Money has a number at WeChat Pay; without it a second payment could not be told from the first.
    switch event.kind {
    case .succeeded, .refunded:
      if event.providerTransactionID == nil { throw .malformed }
    default: break
    }
    return event
  }

  private func refund(
    _ plain: [UInt8], key: String, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> ProviderEvent {
    guard
      let refund = JSON.decode(
        WeChatPayV3Wire.Refund.self, from: plain, depthLevelsMax: WeChatPayV3.depthLevelsMax),
      let status = refund.refundStatus
    else { throw .malformed }
    guard refund.mchid == us.merchantID else { throw .otherAccount }
    let outcome = WeChatPayTranslation.outcome(of: status, refund.facts)
    guard
      let news = RefundNews(
        outcome, outRequestNo: refund.outRefundNo, providerRefundID: refund.refundId),
      let event = ProviderEvent(
        provider: .wechat, eventKey: key, source: .notification, kind: .refund(news),
        outTradeNo: refund.outTradeNo, providerTransactionID: refund.transactionId,
        account: account, occurredAt: receivedAt)
    else { throw .malformed }
    return event
  }
}
