public import HTTP
import HTTPTypes
public import Provider
import Vocabulary

extension AlipayProvider {
  public func verify(_ notification: Notification) -> VerificationOutcome {
    guard notification.request.mediaType == "application/x-www-form-urlencoded" else {
      return .refused(.malformed)
    }
    do throws(NotificationRefusal) {
      let notice = try AlipayNotice(notification.request.body, keys: keys)
      guard notice["app_id"] == configuration.appID else { throw .otherAccount }
      if let expected = configuration.sellerID {
        guard notice["seller_id"] == expected else { throw .otherAccount }
      }
      guard notice["notify_type"] ?? "trade_status_sync" == "trade_status_sync" else {
        return .irrelevant(kind: "other notify_type")
      }
      return .events(try events(notice, receivedAt: notification.receivedAt))
    } catch {
      return .refused(error)
    }
  }

  private func events(
    _ notice: AlipayNotice, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> [ProviderEvent] {
    guard let status = notice["trade_status"], let key = notice.key,
      let amount = notice["total_amount"].flatMap(AlipayWire.amount),
      let outTradeNo = notice["out_trade_no"], let tradeNo = notice["trade_no"]
    else { throw .malformed }
    let kinds = try kinds(notice, status, amount)
    var events: [ProviderEvent] = []
    for (suffix, kind) in kinds {
      guard
        let event = ProviderEvent(
          provider: .alipay, eventKey: "\(key):\(suffix)", source: .notification, kind: kind,
          outTradeNo: outTradeNo, providerTransactionID: tradeNo, account: account,
          occurredAt: notice["gmt_refund"].flatMap { Timestamp(beijing: $0.prefix(19)) }
            ?? notice["gmt_payment"].flatMap { Timestamp(beijing: $0) } ?? receivedAt)
      else { throw .malformed }
      events.append(event)
    }
    return events
  }

  /// A partial refund comes as TRADE_SUCCESS and a full one as TRADE_CLOSED, both with `refund_fee`;
  /// either means that the payment succeeded before.
  private func kinds(
    _ notice: AlipayNotice, _ status: String, _ amount: ReportedAmount
  ) throws(NotificationRefusal) -> [(String, ProviderEvent.Kind)] {
    let isRefund = notice["refund_fee"] != nil && notice["gmt_refund"] != nil
    switch status {
    case "TRADE_CLOSED" where !isRefund:
      return [("closed", .closed(Cause(.expired, status)))]
    case "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED":
      guard isRefund else { return [("paid", .succeeded(amount))] }
      guard let total = notice["refund_fee"].flatMap(AlipayWire.amount) else { throw .malformed }
      let news = RefundNews(
        status: .succeeded, outRequestNo: notice["out_biz_no"], providerRefundID: nil,
        amount: .ofPaymentSoFar(total))
      return [("paid", .succeeded(amount)), ("refund", .refund(news))]
    case "WAIT_BUYER_PAY": return [("waiting", .pending)]
    default: throw .malformed
    }
  }
}

extension AlipayProvider: SignedReturnProvider {
  /// Alipay signs what its page hands to the browser. It names an order; it proves no payment.
  public func outTradeNo(ofReturn query: QueryParameters) -> String? {
    guard query.repeatedName == nil, let signature = query["sign"],
      query["app_id"] == configuration.appID, query["sign_type"] == "RSA2"
    else { return nil }
    let signed = query.fields.filter { $0.name != "sign" && $0.name != "sign_type" }
    let content = AlipaySignature.content(
      signed.map { (name: Array($0.name.utf8), value: Array($0.value.utf8)) })
    let candidates = keys.candidates(serial: query["alipay_cert_sn"])
    guard AlipaySignature.isValid(signature, for: content, candidates) else { return nil }
    return query["out_trade_no"]
  }
}
