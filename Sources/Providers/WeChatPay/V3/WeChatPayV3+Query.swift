import HTTP
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  public func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    let number = PercentCoding.encode(payment.outTradeNo)
    let answer = get(
      "/v3/pay/transactions/out-trade-no/\(number)?mchid=\(PercentCoding.encode(us.merchantID))",
      now: now)
    switch answer {
    case .success(let body):
      guard
        let trade = JSON.decode(
          WeChatPayV3Wire.Trade.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax),
        trade.outTradeNo == payment.outTradeNo, isOurs(trade),
        let event = event(
          trade, key: "query:\(trade.outTradeNo):\(trade.tradeState):\(trade.amount?.total ?? 0)",
          source: .query, now)
      else { return .unknown(Cause(.unavailable, "the answer is about another payment")) }
      return .event(event)
    case .failed(_, let code, _) where WeChatPayV3.isUnknownOrder(code): return .notFound
    case .failed(_, _, let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private static func isUnknownOrder(_ code: String) -> Bool {
    ["ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"].contains(code)
  }

  func isOurs(_ trade: WeChatPayV3Wire.Trade) -> Bool {
    trade.appid == us.appID && trade.mchid == us.merchantID
  }

  /// Nil when a part is missing that this state of a trade has.
  func event(
    _ trade: WeChatPayV3Wire.Trade, key: String, source: ProviderEvent.Source, _ now: Timestamp
  ) -> ProviderEvent? {
    guard let kind = WeChatPayTranslation.kind(of: trade.tradeState, trade.amount?.reported) else {
      return nil
    }
    return ProviderEvent(
      provider: .wechat, eventKey: key, source: source, kind: kind, outTradeNo: trade.outTradeNo,
      providerTransactionID: trade.transactionId, account: account,
      occurredAt: trade.successTime.flatMap { Timestamp(rfc3339: $0) } ?? now)
  }

  public func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    let number = PercentCoding.encode(payment.outTradeNo)
    let answer = post(
      "/v3/pay/transactions/out-trade-no/\(number)/close",
      WeChatPayV3Wire.Merchant(mchid: us.merchantID), now: now)
    switch answer {
    case .success, .failed(_, "ORDER_CLOSED", _), .failed(_, "ORDERCLOSED", _): return .closed
    // A merchant that is unknown is answered by 404, too.
    case .failed(_, let code, _) where WeChatPayV3.isUnknownOrder(code): return .notFound
    case .failed(_, _, let cause): return .refused(cause)
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }
}
