import Crypto
import HTTP
import HTTPTypes
public import Provider
public import Vocabulary
import XML

/// Payments are signed. News of refunds is not: it is encrypted in a way that proves little, so that
/// WeChat Pay is asked whether it is true; and so is a payment signed by a weaker algorithm than ours.
extension WeChatPayV2 {
  public struct Notice: Sendable {
    enum Content {
      /// - isStrong: whether it is signed by our algorithm or a better one.
      case payment(FlatDocument, isStrong: Bool)
      case refund(FlatDocument, outRequestNo: String, outTradeNo: String)
    }

    let content: Content

    fileprivate init(_ content: Content) { self.content = content }
  }

  public struct News: Sendable {
    enum Content {
      case paid(Paid)
      /// Only an answer is believed.
      case doubtful(outTradeNo: String)
      case refund(Refund)
    }

    struct Paid {
      let key: String
      let amount: ReportedAmount
      let outTradeNo: String
      let transactionID: String
      let paidAt: Timestamp?
    }

    struct Refund {
      let outRequestNo: String
      let outTradeNo: String
      let refundID: String?
      let transactionID: String?
    }

    let content: Content
  }

  public func authenticate(_ notification: Notification) throws(NotificationFault) -> Notice {
    guard let document = try? FlatDocument(notification.request.body), document.root == "xml" else {
      throw .refused(.malformed)
    }
    do throws(NotificationRefusal) {
      return Notice(
        document["req_info"] == nil ? try payment(document) : try openRefund(document))
    } catch {
      throw .refused(error)
    }
  }

  private func payment(_ document: FlatDocument) throws(NotificationRefusal) -> Notice.Content {
    guard let signature = document["sign"], !signature.isEmpty else { throw .notSigned }
    guard let used = WeChatPayV2Signature.algorithm(of: document.rawFields, key: apiKey) else {
      throw .signatureWrong
    }
    guard isOurs(document) else { throw .otherAccount }
    return .payment(document, isStrong: used == algorithm || used == .hmacSHA256)
  }

  /// Source: pay.weixin.qq.com/wiki/doc/api/native.php?chapter=9_16.
  private func openRefund(_ document: FlatDocument) throws(NotificationRefusal) -> Notice.Content {
    guard isOurs(document) else { throw .otherAccount }
    let keyText = Hex.encode(MD5.digest(Array(apiKey.reveal().utf8)))
    guard let key = SymmetricKey(Array(keyText.utf8)),
      let box = document["req_info"].flatMap({ Base64.decode($0) }),
      let plain = AES256ECB.open(box, key: key), let news = try? FlatDocument(plain),
      let outRequestNo = news["out_refund_no"], let outTradeNo = news["out_trade_no"]
    else { throw .signatureWrong }
    return .refund(news, outRequestNo: outRequestNo, outTradeNo: outTradeNo)
  }

  private func isOurs(_ document: FlatDocument) -> Bool {
    document["appid"] == us.appID && document["mch_id"] == us.merchantID
  }

  public func read(_ notice: Notice) throws(NotificationRefusal) -> NotificationReading<News> {
    switch notice.content {
    case .refund(let document, let outRequestNo, let outTradeNo):
      return .news(
        News(
          content: .refund(
            News.Refund(
              outRequestNo: outRequestNo, outTradeNo: outTradeNo, refundID: document["refund_id"],
              transactionID: document["transaction_id"]))))
    case .payment(let document, let isStrong):
      guard document["return_code"] == "SUCCESS", let result = document["result_code"],
        let outTradeNo = document["out_trade_no"]
      else { throw .malformed }
      guard result == "SUCCESS" else { return .irrelevant(kind: "result_code \(result)") }
      // What was given back already is told by an answer only.
      guard document["trade_state"] != "REFUND", isStrong else {
        return .news(News(content: .doubtful(outTradeNo: outTradeNo)))
      }
      return .news(News(content: .paid(try WeChatPayV2.paid(document, outTradeNo))))
    }
  }

  private static func paid(
    _ document: FlatDocument, _ outTradeNo: String
  ) throws(NotificationRefusal) -> News.Paid {
    guard let amount = amount(document["total_fee"], currency: document["fee_type"]),
      let transactionID = document["transaction_id"]
    else { throw .malformed }
    let content = WeChatPayV2Signature.content(document.rawFields, key: Secret(""))
    return News.Paid(
      key: "notify:\(Hex.encode(SHA256.digest(content)))", amount: amount, outTradeNo: outTradeNo,
      transactionID: transactionID,
      paidAt: document["time_end"].flatMap { Timestamp(compactBeijing: $0) })
  }

  public func complete(_ news: News, now: Timestamp) -> NotificationOutcome {
    switch news.content {
    case .paid(let paid):
      NotificationOutcome(
        ProviderEvent(
          provider: .wechat, eventKey: paid.key, source: .notification,
          kind: .succeeded(paid.amount), outTradeNo: paid.outTradeNo,
          providerTransactionID: paid.transactionID, account: account,
          occurredAt: paid.paidAt ?? now))
    case .doubtful(let outTradeNo): confirmed(outTradeNo, now: now)
    case .refund(let refund): confirmed(refund, now: now)
    }
  }

  private func confirmed(_ outTradeNo: String, now: Timestamp) -> NotificationOutcome {
    let reference = PaymentReference(outTradeNo: outTradeNo, providerTransactionID: nil)
    switch query(reference, now: now) {
    case .event(let event, let refunds): return .events([event] + refunds)
    case .notFound: return .refused(.signatureWrong)
    case .unknown(let cause): return .unverifiable(cause)
    }
  }

  private func confirmed(_ refund: News.Refund, now: Timestamp) -> NotificationOutcome {
    let isAskable =
      ProviderEvent.canName(payment: refund.outRequestNo)
      && ProviderEvent.canName(payment: refund.outTradeNo)
    guard isAskable else {
      // Only somebody with our key can have written it: stored, though nobody can be asked about it.
      let news = RefundNews(
        status: .pending, outRequestNo: refund.outRequestNo, providerRefundID: refund.refundID,
        amount: nil)
      return NotificationOutcome(event(news, of: refund, "unasked", .notification, now))
    }
    let outcome = queryRefund(outRequestNo: refund.outRequestNo, outTradeNo: refund.outTradeNo)
    if case .unknown(let cause) = outcome { return .unverifiable(cause) }
    let news = RefundNews(
      outcome, outRequestNo: refund.outRequestNo, providerRefundID: refund.refundID)
    guard let news, let event = event(news, of: refund, news.status.rawValue, .query, now) else {
      return .refused(.signatureWrong)
    }
    return .events([event])
  }

  private func event(
    _ news: RefundNews, of refund: News.Refund, _ state: String, _ source: ProviderEvent.Source,
    _ now: Timestamp
  ) -> ProviderEvent? {
    ProviderEvent(
      provider: .wechat,
      eventKey: ProviderEvent.refundKey(refund.outRequestNo, of: refund.outTradeNo, state),
      source: source, kind: .refund(news), outTradeNo: refund.outTradeNo,
      providerTransactionID: refund.transactionID, account: account, occurredAt: now)
  }
}
