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
      let asked = refund(told: notice, now: notification.receivedAt)
      if case .unknown(let cause) = asked { return .unverifiable(cause) }
      return .events(try events(notice, asked, receivedAt: notification.receivedAt))
    } catch {
      return .refused(error)
    }
  }

  /// What Alipay says of the refund that a notice names: the amount in the notice is of all refunds so
  /// far. Nil when the notice is about no refund.
  private func refund(told notice: AlipayNotice, now: Timestamp) -> RefundOutcome? {
    // Alipay knows no refund of a number that cannot be one, however often it is asked.
    guard AlipayProvider.isRefund(notice), let number = notice["out_biz_no"],
      let outTradeNo = notice["out_trade_no"], ProviderEvent.canName(payment: outTradeNo),
      ProviderEvent.canName(payment: number)
    else { return nil }
    return queryRefund(outRequestNo: number, outTradeNo: outTradeNo, now: now)
  }

  private static func isRefund(_ notice: AlipayNotice) -> Bool {
    notice["refund_fee"] != nil && notice["gmt_refund"] != nil
  }

  private func events(
    _ notice: AlipayNotice, _ asked: RefundOutcome?, receivedAt: Timestamp
  ) throws(NotificationRefusal) -> [ProviderEvent] {
    guard let status = notice["trade_status"], let key = notice.key,
      let amount = notice["total_amount"].flatMap(AlipayWire.amount),
      let outTradeNo = notice["out_trade_no"], let tradeNo = notice["trade_no"]
    else { throw .malformed }
    let kinds = try kinds(notice, status, amount, asked)
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
    _ notice: AlipayNotice, _ status: String, _ amount: ReportedAmount, _ asked: RefundOutcome?
  ) throws(NotificationRefusal) -> [(String, ProviderEvent.Kind)] {
    let isRefund = AlipayProvider.isRefund(notice)
    switch status {
    case "TRADE_CLOSED" where !isRefund:
      return [("closed", .closed(Cause(.expired, status)))]
    case "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED":
      guard isRefund else { return [("paid", .succeeded(amount))] }
      guard let total = notice["refund_fee"].flatMap(AlipayWire.amount) else { throw .malformed }
      return [("paid", .succeeded(amount))] + refunds(notice["out_biz_no"], total, asked)
    case "WAIT_BUYER_PAY": return [("waiting", .pending)]
    default: throw .malformed
    }
  }

  /// The refund that a notice names, by its own amount, and whatever else is part of the total. Without
  /// an amount of its own, the total has to tell.
  private func refunds(
    _ number: String?, _ total: ReportedAmount, _ asked: RefundOutcome?
  ) -> [(String, ProviderEvent.Kind)] {
    func news(_ number: String?, _ amount: RefundNews.Amount) -> ProviderEvent.Kind {
      .refund(
        RefundNews(
          status: .succeeded, outRequestNo: number, providerRefundID: nil, amount: amount))
    }
    guard case .succeeded(let facts) = asked, let own = facts.amount else {
      return [("refund", news(number, .ofPaymentSoFar(total)))]
    }
    let rest = own == total ? [] : [("total", news(nil, .ofPaymentSoFar(total)))]
    return [("refund", news(number, .ofRefund(own)))] + rest
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
