import Crypto
import HTTP
import HTTPTypes
public import Provider
import Vocabulary
import XML

extension WeChatPayV2 {
  /// Payments are signed. News of refunds is not: it is encrypted in a way that proves little, so that
  /// WeChat Pay is asked whether it is true; and so is a payment signed by a weaker algorithm than
  /// ours.
  public func verify(_ notification: Notification) -> VerificationOutcome {
    guard let document = try? FlatDocument(notification.request.body), document.root == "xml" else {
      return .refused(.malformed)
    }
    if document["req_info"] != nil {
      return refundNews(document, receivedAt: notification.receivedAt)
    }
    guard let signature = document["sign"], !signature.isEmpty else { return .refused(.notSigned) }
    guard let used = WeChatPayV2Signature.algorithm(of: document.rawFields, key: apiKey) else {
      return .refused(.signatureWrong)
    }
    guard document["appid"] == us.appID, document["mch_id"] == us.merchantID else {
      return .refused(.otherAccount)
    }
    guard document["return_code"] == "SUCCESS", let result = document["result_code"],
      let outTradeNo = document["out_trade_no"]
    else { return .refused(.malformed) }
    guard result == "SUCCESS" else { return .irrelevant(kind: "result_code \(result)") }
    // What was given back already is told by an answer only.
    let isRefunded = document["trade_state"] == "REFUND"
    guard !isRefunded, used == algorithm || used == .hmacSHA256 else {
      return confirmed(outTradeNo, now: notification.receivedAt)
    }
    return payment(document, outTradeNo, receivedAt: notification.receivedAt)
  }

  private func payment(
    _ document: FlatDocument, _ outTradeNo: String, receivedAt: Timestamp
  ) -> VerificationOutcome {
    let content = WeChatPayV2Signature.content(document.rawFields, key: Secret(""))
    guard
      let amount = WeChatPayV2.amount(document["total_fee"], currency: document["fee_type"]),
      let transactionID = document["transaction_id"],
      let event = ProviderEvent(
        provider: .wechat, eventKey: "notify:\(Hex.encode(SHA256.digest(content)))",
        source: .notification, kind: .succeeded(amount), outTradeNo: outTradeNo,
        providerTransactionID: transactionID, account: account,
        occurredAt: document["time_end"].flatMap { Timestamp(compactBeijing: $0) } ?? receivedAt)
    else { return .refused(.malformed) }
    return .events([event])
  }

  private func confirmed(_ outTradeNo: String, now: Timestamp) -> VerificationOutcome {
    let reference = PaymentReference(outTradeNo: outTradeNo, providerTransactionID: nil)
    switch query(reference, now: now) {
    case .event(let event, let refunds): return .events([event] + refunds)
    case .notFound: return .refused(.signatureWrong)
    case .unknown(let cause): return .unverifiable(cause)
    }
  }

  /// Source: pay.weixin.qq.com/wiki/doc/api/native.php?chapter=9_16.
  private func refundNews(_ document: FlatDocument, receivedAt: Timestamp) -> VerificationOutcome {
    guard document["appid"] == us.appID, document["mch_id"] == us.merchantID else {
      return .refused(.otherAccount)
    }
    let keyText = Hex.encode(MD5.digest(Array(apiKey.reveal().utf8)))
    guard let key = SymmetricKey(Array(keyText.utf8)),
      let box = document["req_info"].flatMap({ Base64.decode($0) }),
      let plain = AES256ECB.open(box, key: key), let news = try? FlatDocument(plain),
      let outRequestNo = news["out_refund_no"], let outTradeNo = news["out_trade_no"]
    else { return .refused(.signatureWrong) }
    guard ProviderEvent.canName(payment: outRequestNo), ProviderEvent.canName(payment: outTradeNo)
    else { return unaskable(news, outRequestNo, outTradeNo, receivedAt: receivedAt) }
    let outcome = queryRefund(outRequestNo: outRequestNo, outTradeNo: outTradeNo)
    if case .unknown(let cause) = outcome { return .unverifiable(cause) }
    guard
      let confirmed = RefundNews(
        outcome, outRequestNo: outRequestNo, providerRefundID: news["refund_id"]),
      let event = ProviderEvent(
        provider: .wechat,
        eventKey: ProviderEvent.refundKey(
          outRequestNo, of: outTradeNo, confirmed.status.rawValue),
        source: .query, kind: .refund(confirmed), outTradeNo: outTradeNo,
        providerTransactionID: news["transaction_id"], account: account, occurredAt: receivedAt)
    else { return .refused(.signatureWrong) }
    return .events([event])
  }

  /// News that only somebody with our key can have written, and about which WeChat Pay cannot be asked by its numbers.
  private func unaskable(
    _ news: FlatDocument, _ outRequestNo: String, _ outTradeNo: String, receivedAt: Timestamp
  ) -> VerificationOutcome {
    let event = ProviderEvent(
      provider: .wechat,
      eventKey: ProviderEvent.refundKey(outRequestNo, of: outTradeNo, "unasked"),
      source: .notification,
      kind: .refund(
        RefundNews(
          status: .pending, outRequestNo: outRequestNo, providerRefundID: news["refund_id"],
          amount: nil)),
      outTradeNo: outTradeNo, providerTransactionID: news["transaction_id"], account: account,
      occurredAt: receivedAt)
    return event.map { .events([$0]) } ?? .refused(.malformed)
  }
}
