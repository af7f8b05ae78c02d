import Provider
import Vocabulary
import XML

extension WeChatPayV2 {
  struct Unclear: Error {
    let cause: Cause
  }

  /// Refunds of one trade that WeChat Pay allows.
  private static let refundsMax = 50

  private static func refundCount(_ text: String?) -> Int? {
    text.flatMap { OutsideNumber($0) }?.within(0...refundsMax)
  }

  /// Every refund of a trade that has not failed, whoever began it: `/pay/refundquery` by the trade.
  func refunds(ofTrade outTradeNo: String) -> Result<[RefundNews], Unclear> {
    var news: [RefundNews] = []
    var offset = 0
    while offset < WeChatPayV2.refundsMax {
      let page = offset == 0 ? [] : [(name: "offset", value: String(offset))]
      switch ask("/pay/refundquery", [("out_trade_no", outTradeNo)] + page) {
      case .success(let document):
        guard document["out_trade_no"] == outTradeNo,
          let count = WeChatPayV2.refundCount(document["refund_count"])
        else { return .failure(Unclear(cause: Cause(.unavailable, "the answer lists no refunds"))) }
        for place in 0..<count {
          guard let refund = refund(document, place) else {
            return .failure(
              Unclear(cause: Cause(.unavailable, "a refund of the list is unreadable")))
          }
          if refund.status != .failed { news.append(refund) }
        }
        offset += count
        let total = WeChatPayV2.refundCount(document["total_refund_count"]) ?? offset
        if count == 0 || offset >= total { return .success(news) }
      case .failed("REFUNDNOTEXIST", _): return .success(news)
      case .failed(_, let cause), .notSent(let cause), .unknown(let cause):
        return .failure(Unclear(cause: cause))
      }
    }
    return .success(news)
  }

  private func refund(_ document: FlatDocument, _ place: Int) -> RefundNews? {
    guard let number = document["out_refund_no_\(place)"],
      let status = document["refund_status_\(place)"],
      let amount = WeChatPayV2.amount(
        document["refund_fee_\(place)"], currency: document["fee_type"])
    else { return nil }
    let facts = RefundFacts(providerRefundID: document["refund_id_\(place)"], amount: amount)
    return RefundNews(
      WeChatPayTranslation.outcome(of: status, facts), outRequestNo: number,
      providerRefundID: facts.providerRefundID)
  }
}
