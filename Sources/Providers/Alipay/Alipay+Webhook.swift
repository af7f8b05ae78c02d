public import HTTP
import HTTPTypes
public import Provider
public import Vocabulary

extension AlipayProvider {
  public struct Notice: Sendable {
    let form: AlipayNotice

    fileprivate init(_ form: AlipayNotice) { self.form = form }
  }

  public struct News: Sendable {
    enum State {
      case waiting
      case closed(Cause)
      case paid
      /// Part or all of it was given back.
      case refunded(Refunds)
    }

    let key: String
    let state: State
    let amount: ReportedAmount
    let outTradeNo: String
    let tradeNo: String
    /// When it happened; nil when Alipay does not say.
    let occurredAt: Timestamp?

    struct Refunds {
      /// The number of the refund that the notice is about.
      let number: String?
      /// Of all refunds so far.
      let total: ReportedAmount
    }
  }

  public func authenticate(_ notification: Notification) throws(NotificationFault) -> Notice {
    guard notification.request.mediaType == "application/x-www-form-urlencoded" else {
      throw .refused(.malformed)
    }
    let form: AlipayNotice
    do throws(NotificationRefusal) {
      form = try AlipayNotice(notification.request.body, keys: keys)
    } catch {
      throw .refused(error)
    }
    guard form["app_id"] == configuration.appID else { throw .refused(.otherAccount) }
    if let expected = configuration.sellerID {
      guard form["seller_id"] == expected else { throw .refused(.otherAccount) }
    }
    return Notice(form)
  }

  public func read(_ notice: Notice) throws(NotificationRefusal) -> NotificationReading<News> {
    let form = notice.form
    guard form["notify_type"] ?? "trade_status_sync" == "trade_status_sync" else {
      return .irrelevant(kind: "other notify_type")
    }
    guard let status = form["trade_status"], let key = form.key,
      let amount = form["total_amount"].flatMap(AlipayWire.amount),
      let outTradeNo = form["out_trade_no"], let tradeNo = form["trade_no"]
    else { throw .malformed }
    return .news(
      News(
        key: key, state: try AlipayProvider.state(status, form), amount: amount,
        outTradeNo: outTradeNo, tradeNo: tradeNo,
        occurredAt: form["gmt_refund"].flatMap { Timestamp(beijing: $0.prefix(19)) }
          ?? form["gmt_payment"].flatMap { Timestamp(beijing: $0) }))
  }

  /// A partial refund comes as TRADE_SUCCESS and a full one as TRADE_CLOSED, both with `refund_fee`;
  /// either means that the payment succeeded before.
  private static func state(
    _ status: String, _ form: AlipayNotice
  ) throws(NotificationRefusal) -> News.State {
    let isRefund = form["refund_fee"] != nil && form["gmt_refund"] != nil
    switch status {
    case "TRADE_CLOSED" where !isRefund: return .closed(Cause(.expired, status))
    case "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED":
      guard isRefund else { return .paid }
      guard let total = form["refund_fee"].flatMap(AlipayWire.amount) else { throw .malformed }
      return .refunded(News.Refunds(number: form["out_biz_no"], total: total))
    case "WAIT_BUYER_PAY": return .waiting
    default: throw .malformed
    }
  }

  public func complete(_ news: News, now: Timestamp) -> NotificationOutcome {
    let kinds: [(suffix: String, kind: ProviderEvent.Kind)]
    switch news.state {
    case .waiting: kinds = [("waiting", .pending)]
    case .closed(let cause): kinds = [("closed", .closed(cause))]
    case .paid: kinds = [("paid", .succeeded(news.amount))]
    case .refunded(let refunds):
      let asked = ask(refunds.number, of: news.outTradeNo, now: now)
      if case .unknown(let cause) = asked { return .unverifiable(cause) }
      kinds = [("paid", .succeeded(news.amount))] + AlipayProvider.kinds(of: refunds, asked)
    }
    var events: [ProviderEvent] = []
    for (suffix, kind) in kinds {
      guard
        let event = ProviderEvent(
          provider: .alipay, eventKey: "\(news.key):\(suffix)", source: .notification, kind: kind,
          outTradeNo: news.outTradeNo, providerTransactionID: news.tradeNo, account: account,
          occurredAt: news.occurredAt ?? now)
      else { return .refused(.malformed) }
      events.append(event)
    }
    return .events(events)
  }

  /// What Alipay says of the refund that a notice names: the amount in the notice is of all refunds so
  /// far. Nil when it names none.
  private func ask(_ number: String?, of outTradeNo: String, now: Timestamp) -> RefundOutcome? {
    // Alipay knows no refund of a number that cannot be one, however often it is asked.
    guard let number, ProviderEvent.canName(payment: outTradeNo),
      ProviderEvent.canName(payment: number)
    else { return nil }
    return queryRefund(outRequestNo: number, outTradeNo: outTradeNo, now: now)
  }

  /// The refund that a notice names, by its own amount, and whatever else is part of the total. Without
  /// an amount of its own, the total has to tell.
  private static func kinds(
    of refunds: News.Refunds, _ asked: RefundOutcome?
  ) -> [(suffix: String, kind: ProviderEvent.Kind)] {
    func news(_ number: String?, _ amount: RefundNews.Amount) -> ProviderEvent.Kind {
      .refund(
        RefundNews(
          status: .succeeded, outRequestNo: number, providerRefundID: nil, amount: amount))
    }
    guard case .succeeded(let facts) = asked, let own = facts.amount else {
      return [("refund", news(refunds.number, .ofPaymentSoFar(refunds.total)))]
    }
    let rest =
      own == refunds.total ? [] : [("total", news(nil, .ofPaymentSoFar(refunds.total)))]
    return [("refund", news(refunds.number, .ofRefund(own)))] + rest
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
