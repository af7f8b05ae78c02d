import HTTP
import Provider
import Testing

@testable import Alipay

/// What the state of a trade means.
@Suite struct TranslationTests {
  static func trade(_ status: String, _ members: String = "") throws -> AlipayWire.Trade {
    let text = """
      {"out_trade_no":"COIN_20260101_00000001","trade_no":"2026","total_amount":"9.90",
       "trade_status":"\(status)"\(members)}
      """
    return try #require(
      JSON.decode(AlipayWire.Trade.self, from: Array(text.utf8), depthLevelsMax: 8))
  }

  @Test(arguments: [
    (#","send_pay_date":"2026-01-01 00:00:00""#, true), (#","refund_fee":"9.90""#, true),
    ("", false), (#","send_pay_date":"","refund_fee":"0.00""#, false),
  ])
  func `a closed trade was paid when it has a time of that or gave money back`(
    members: String, wasPaid: Bool
  ) throws {
    let trade = try Self.trade("TRADE_CLOSED", members)
    #expect(trade.isReturned == wasPaid)
    let amount = ReportedAmount(minorUnits: 990, currencyCode: "CNY")
    let kind = AlipayTranslation.kind(
      ofQueried: trade.tradeStatus, amount, wasPaid: trade.wasPaid)
    #expect(kind == (wasPaid ? .succeeded(amount) : .closed(Cause(.expired, "TRADE_CLOSED"))))
  }

  @Test func `a trade that was paid and is not closed was not given back as a whole`() throws {
    let trade = try Self.trade("TRADE_SUCCESS", #","send_pay_date":"2026-01-01 00:00:00""#)
    #expect(trade.wasPaid && !trade.isReturned)
  }
}
