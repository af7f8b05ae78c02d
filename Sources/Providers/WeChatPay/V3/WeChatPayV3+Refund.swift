import HTTP
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  private static let reasonCharactersMax = 80

  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let reason = String(refund.reason.prefix(WeChatPayV3.reasonCharactersMax))
    let order = WeChatPayV3Wire.RefundOrder(
      outTradeNo: refund.payment.outTradeNo, outRefundNo: refund.outRequestNo,
      reason: reason.isEmpty ? nil : reason, notifyUrl: us.notifyURL,
      amount: WeChatPayV3Wire.RefundOrder.Amount(
        refund: refund.amount.minorUnits, total: refund.paymentAmount.minorUnits,
        currency: refund.amount.currency.code))
    return outcome(post("/v3/refund/domestic/refunds", order, now: now), refund)
  }

  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let number = PercentCoding.encode(refund.outRequestNo)
    let outcome = outcome(get("/v3/refund/domestic/refunds/\(number)", now: now), refund)
    // A query that fails says nothing about the refund.
    if case .failed(let cause) = outcome, cause.detail != "CLOSED" { return .unknown(cause) }
    return outcome
  }

  private func outcome(_ answer: Answer, _ refund: RefundRequest) -> RefundOutcome {
    switch answer {
    case .success(let body):
      guard
        let state = JSON.decode(
          WeChatPayV3Wire.Refund.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax,
          memberNames: .snakeCase),
        state.outRefundNo == refund.outRequestNo,
        state.outTradeNo == refund.payment.outTradeNo, let status = state.status
      else { return .unknown(Cause(.unavailable, "the answer is about another refund")) }
      return WeChatPayTranslation.outcome(of: status, state.facts)
    case .failed(404, _, _): return .notFound
    // Their money for refunds can be topped up: the same request may work later.
    case .failed(_, "NOT_ENOUGH", let cause): return .unknown(cause)
    case .failed(_, _, let cause): return .failed(cause)
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }
}
