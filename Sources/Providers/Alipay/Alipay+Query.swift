import HTTP
public import Provider
public import Vocabulary

extension AlipayProvider {
  private struct TradeNumber: Encodable {
    let outTradeNo: String

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
    }
  }

  /// `alipay.trade.query`
  public func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    let call = AlipayCall(
      method: AlipayMethod.query, content: TradeNumber(outTradeNo: payment.outTradeNo))
    switch ask(call, now: now) {
    case .success(let node):
      guard
        let trade = JSON.decode(
          AlipayWire.Trade.self, from: node, depthLevelsMax: AlipayAnswer.depthLevelsMax),
        trade.outTradeNo == payment.outTradeNo, let event = event(trade, now)
      else { return .unknown(Cause(.unavailable, "the answer is about another payment")) }
      return .event(event, refunds: refunds(trade, event))
    case .failed("ACQ.TRADE_NOT_EXIST", _): return .notFound
    case .failed(_, let cause), .rejected(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func event(_ trade: AlipayWire.Trade, _ now: Timestamp) -> ProviderEvent? {
    guard let amount = AlipayWire.amount(trade.totalAmount),
      let kind = AlipayTranslation.kind(
        ofQueried: trade.tradeStatus, amount, wasPaid: trade.wasPaid)
    else { return nil }
    let end = trade.isReturned ? ":returned" : ""
    return ProviderEvent(
      provider: .alipay,
      eventKey: "query:\(trade.tradeNo):\(trade.tradeStatus):\(amount.minorUnits)\(end)",
      source: .query, kind: kind, outTradeNo: trade.outTradeNo,
      providerTransactionID: trade.tradeNo, account: account,
      occurredAt: trade.sendPayDate.flatMap { Timestamp(beijing: $0) } ?? now)
  }

  /// The sum of what was given back of a trade that was paid, where the answer tells it: all of it when
  /// the trade is closed. No call lists refunds.
  private func refunds(_ trade: AlipayWire.Trade, _ event: ProviderEvent) -> [ProviderEvent] {
    let told = trade.isReturned ? trade.totalAmount : trade.refundFee
    guard case .succeeded = event.kind, let total = told.flatMap(AlipayWire.amount),
      total.minorUnits > 0
    else { return [] }
    let news = RefundNews(
      status: .succeeded, outRequestNo: nil, providerRefundID: nil,
      amount: .ofPaymentSoFar(total))
    let key = "query:\(trade.tradeNo):refunds:\(total.minorUnits)"
    return [event.saying(.refund(news))?.named(key)].compactMap { $0 }
  }

  /// `alipay.trade.close`, possible only while the trade waits for the buyer.
  public func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    let call = AlipayCall(
      method: AlipayMethod.close, content: TradeNumber(outTradeNo: payment.outTradeNo))
    switch ask(call, now: now) {
    case .success: return .closed
    case .failed("ACQ.TRADE_NOT_EXIST", _): return .notFound
    case .failed(_, let cause): return .refused(cause)
    case .rejected(let cause), .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }
}
