public import Provider
public import Vocabulary
import XML

extension WeChatPayV2 {
  private static let reasonLimit = TextLimit(80, .utf8Bytes)
  private static let certificateMissing =
    "WECHAT_CLIENT_CERT and WECHAT_CLIENT_KEY are not set"

  public var refundObstacle: String? {
    refundClient == nil ? WeChatPayV2.certificateMissing : nil
  }

  /// `/secapi/pay/refund`, with our certificate. A success means that the request was accepted; what
  /// becomes of it is asked for later.
  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    guard let refundClient else {
      return .unknown(Cause(.configuration, WeChatPayV2.certificateMissing))
    }
    let answer = ask(
      "/secapi/pay/refund",
      [
        ("out_trade_no", refund.payment.outTradeNo), ("out_refund_no", refund.outRequestNo),
        ("total_fee", String(refund.paymentAmount.minorUnits)),
        ("refund_fee", String(refund.amount.minorUnits)),
        ("refund_desc", WeChatPayV2.reasonLimit.cut(refund.reason)),
        ("notify_url", us.notifyURL),
      ], through: refundClient)
    switch answer {
    case .success(let document):
      guard document["out_refund_no"] == refund.outRequestNo,
        document["out_trade_no"] == refund.payment.outTradeNo
      else { return .unknown(Cause(.unavailable, "the answer is about another refund")) }
      return .pending(RefundFacts(providerRefundID: document["refund_id"], amount: nil))
    // Their money for refunds can be topped up: the same request may work later.
    case .failed("NOTENOUGH", let cause): return .unknown(cause)
    case .failed(_, let cause): return .refused(cause)
    case .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }

  /// `/pay/refundquery`
  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    queryRefund(outRequestNo: refund.outRequestNo, outTradeNo: refund.payment.outTradeNo)
  }

  func queryRefund(outRequestNo: String, outTradeNo: String) -> RefundOutcome {
    switch ask("/pay/refundquery", [("out_refund_no", outRequestNo)]) {
    case .success(let document):
      guard document["out_trade_no"] == outTradeNo,
        let place = document.fields.first(where: {
          $0.name.hasPrefix("out_refund_no_") && $0.value == outRequestNo
        })?.name.dropFirst("out_refund_no_".count),
        let status = document["refund_status_\(place)"]
      else { return .unknown(Cause(.unavailable, "the answer is about another refund")) }
      return WeChatPayTranslation.outcome(
        of: status,
        RefundFacts(
          providerRefundID: document["refund_id_\(place)"],
          amount: WeChatPayV2.amount(
            document["refund_fee_\(place)"], currency: document["fee_type"])))
    // Nothing else says it: a merchant or an order that is unknown hides refunds, too.
    case .failed("REFUNDNOTEXIST", _): return .notFound
    case .failed(_, let cause), .notSent(let cause), .unknown(let cause): return .unknown(cause)
    }
  }
}
