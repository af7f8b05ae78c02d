import HTTP
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  private static let reasonLimit = TextLimit(80, .utf16Units)

  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let reason = WeChatPayV3.reasonLimit.cut(refund.reason)
    let order = WeChatPayV3Wire.RefundOrder(
      outTradeNo: refund.payment.outTradeNo, outRefundNo: refund.outRequestNo,
      reason: reason.isEmpty ? nil : reason, notifyUrl: us.notifyURL,
      amount: WeChatPayV3Wire.RefundOrder.Amount(
        refund: refund.amount.minorUnits, total: refund.paymentAmount.minorUnits,
        currency: refund.amount.currency.code))
    switch post("/v3/refund/domestic/refunds", order, now: now) {
    case .success(let body): return outcome(body, refund)
    // Their money for refunds can be topped up: the same request may work later.
    case .failed(_, "NOT_ENOUGH", let cause): return .unknown(cause)
    case .failed(_, _, let cause): return .refused(cause)
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }

  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let number = PercentCoding.encode(refund.outRequestNo)
    switch get("/v3/refund/domestic/refunds/\(number)", now: now) {
    case .success(let body): return outcome(body, refund)
    // Nothing else says it: a merchant that is unknown is answered by 404, too.
    case .failed(404, "RESOURCE_NOT_EXISTS", _): return .notFound
    // A query that fails says nothing about the refund.
    case .failed(_, _, let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func outcome(_ body: [UInt8], _ refund: RefundRequest) -> RefundOutcome {
    guard
      let state = JSON.decode(
        WeChatPayV3Wire.Refund.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax),
      state.outRefundNo == refund.outRequestNo,
      state.outTradeNo == refund.payment.outTradeNo, let status = state.status
    else { return .unknown(Cause(.unavailable, "the answer is about another refund")) }
    return WeChatPayTranslation.outcome(of: status, state.facts)
  }
}
