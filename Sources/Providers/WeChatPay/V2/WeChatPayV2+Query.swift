public import Provider
public import Vocabulary
import XML

extension WeChatPayV2 {
  /// `/pay/orderquery`
  public func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    switch ask("/pay/orderquery", [("out_trade_no", payment.outTradeNo)]) {
    case .success(let document):
      guard document["out_trade_no"] == payment.outTradeNo, let event = event(document, now) else {
        return .unknown(Cause(.unavailable, "the answer is about another payment"))
      }
      guard case .refunded(let amount) = event.kind else { return .event(event) }
      return withRefunds(event, amount, payment, now: now)
    case .failed("ORDERNOTEXIST", _): return .notFound
    case .failed(_, let cause), .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }

  /// A trade that was paid and given back, with its refunds.
  private func withRefunds(
    _ event: ProviderEvent, _ amount: ReportedAmount, _ payment: PaymentReference, now: Timestamp
  ) -> QueryOutcome {
    switch refunds(ofTrade: payment.outTradeNo) {
    case .failure(let unknown): return .unknown(unknown.cause)
    case .success(let news):
      // Said with its refunds it is another event than it was without them.
      guard !news.isEmpty,
        let paid = event.saying(.succeeded(amount))?.named("\(event.eventKey):listed")
      else { return .event(event) }
      let refunds = news.compactMap { refund in
        ProviderEvent(
          provider: .wechat,
          eventKey: ProviderEvent.refundKey(
            refund.outRequestNo ?? "", of: payment.outTradeNo, refund.status.rawValue),
          source: .query, kind: .refund(refund), outTradeNo: event.outTradeNo,
          providerTransactionID: event.providerTransactionID, account: account, occurredAt: now)
      }
      return .event(paid, refunds: refunds)
    }
  }

  private func event(_ document: FlatDocument, _ now: Timestamp) -> ProviderEvent? {
    let amount = WeChatPayV2.amount(document["total_fee"], currency: document["fee_type"])
    guard let state = document["trade_state"],
      let kind = WeChatPayTranslation.kind(of: state, amount)
    else { return nil }
    let number = document["out_trade_no"] ?? ""
    return ProviderEvent(
      provider: .wechat, eventKey: "query:\(number):\(state):\(amount?.minorUnits ?? 0)",
      source: .query, kind: kind, outTradeNo: number,
      providerTransactionID: document["transaction_id"], account: account,
      occurredAt: document["time_end"].flatMap { Timestamp(compactBeijing: $0) } ?? now)
  }

  /// `/pay/closeorder`
  public func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    switch ask("/pay/closeorder", [("out_trade_no", payment.outTradeNo)]) {
    case .success, .failed("ORDERCLOSED", _): return .closed
    case .failed("ORDERNOTEXIST", _): return .notFound
    case .failed(_, let cause): return .refused(cause)
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }
}
