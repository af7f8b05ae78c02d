import HTTP
public import Provider
public import Vocabulary

extension AlipayProvider {
  private struct Refund: Encodable {
    let outTradeNo: String
    let refundAmount: String
    let refundReason: String
    let outRequestNo: String

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case refundAmount = "refund_amount"
      case refundReason = "refund_reason"
      case outRequestNo = "out_request_no"
    }
  }

  private struct RefundNumber: Encodable {
    let outTradeNo: String
    let outRequestNo: String
    let queryOptions = ["gmt_refund_pay"]

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case outRequestNo = "out_request_no"
      case queryOptions = "query_options"
    }
  }

  private static let reasonLimit = TextLimit(128, .utf16Units)

  /// `alipay.trade.refund`. The same `out_request_no` moves money once.
  ///
  /// Only `fund_change=Y` says that money moved; the amount in the answer is of all refunds so far and
  /// is not looked at.
  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let call = AlipayCall(
      method: AlipayMethod.refund,
      content: Refund(
        outTradeNo: refund.payment.outTradeNo, refundAmount: refund.amount.decimal,
        refundReason: AlipayProvider.reasonLimit.cut(refund.reason),
        outRequestNo: refund.outRequestNo))
    switch ask(call, now: now) {
    case .success(let node):
      guard
        let answer = JSON.decode(
          AlipayWire.Refunded.self, from: node, depthLevelsMax: AlipayAnswer.depthLevelsMax),
        answer.outTradeNo == refund.payment.outTradeNo
      else { return .unknown(Cause(.unavailable, "the answer is about another payment")) }
      let facts = RefundFacts(providerRefundID: nil, amount: nil)
      return answer.fundChange == "Y" ? .succeeded(facts) : .pending(facts)
    case .failed("ACQ.DISCORDANT_REPEAT_REQUEST", let cause): return .unknown(cause)
    case .failed(_, let cause): return .refused(cause)
    case .rejected(let cause), .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }

  /// `alipay.trade.fastpay.refund.query`. An answer without a state means: not refunded yet.
  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    queryRefund(
      outRequestNo: refund.outRequestNo, outTradeNo: refund.payment.outTradeNo, now: now)
  }

  func queryRefund(outRequestNo: String, outTradeNo: String, now: Timestamp) -> RefundOutcome {
    let call = AlipayCall(
      method: AlipayMethod.refundQuery,
      content: RefundNumber(outTradeNo: outTradeNo, outRequestNo: outRequestNo))
    switch ask(call, now: now) {
    case .success(let node):
      guard
        let state = JSON.decode(
          AlipayWire.RefundState.self, from: node, depthLevelsMax: AlipayAnswer.depthLevelsMax)
      else { return .unknown(Cause(.unavailable, "the answer is not of Alipay's form")) }
      guard let status = state.refundStatus else { return .notFound }
      guard status == "REFUND_SUCCESS" else {
        return .pending(RefundFacts(providerRefundID: nil, amount: nil))
      }
      guard state.outRequestNo == outRequestNo,
        let amount = state.refundAmount.flatMap(AlipayWire.amount)
      else { return .unknown(Cause(.unavailable, "the answer is about another refund")) }
      return .succeeded(RefundFacts(providerRefundID: nil, amount: amount))
    // The trade was paid: an answer that knows nothing of it cannot tell about its refunds.
    case .failed(_, let cause), .rejected(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }
}
