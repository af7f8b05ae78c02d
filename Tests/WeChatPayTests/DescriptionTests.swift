import Provider
import Testing
import Vocabulary

@testable import WeChatPay

@Suite struct DescriptionTests {
  static func description(_ subject: String) throws -> String {
    let amount = try #require(Money(minorUnits: 990, currency: .cny))
    let number = try #require(OrderNumber("COIN_20260101_00000001"))
    let moment = Timestamp(unixSeconds: 1_800_000_000)
    return WeChatPayOrder.description(
      PaymentRequest(
        outTradeNo: number.text, orderNumber: number, amount: amount, subject: subject,
        createdAt: moment, expiresAt: moment, now: moment,
        payer: PayerContext(isMobile: false, address: "192.0.2.1"),
        returnURL: "https://shop.example/"))
  }

  @Test(arguments: [
    ("大包", "大包"), ("a\r\nb\u{2028}\t\u{301}c", "ab\u{301}c"), ("", ""),
    (String(repeating: "👨‍👩‍👧‍👦", count: 64), String(repeating: "👨‍👩‍👧‍👦", count: 4)),
    (String(repeating: "币", count: 64), String(repeating: "币", count: 34)),
    ("e" + String(repeating: "\u{301}", count: 63), "e" + String(repeating: "\u{301}", count: 51)),
  ])
  func `the name is cut to what fits beside the number, in bytes`(
    subject: String, shown: String
  ) throws {
    let text = try Self.description(subject)
    #expect(text == shown + " COIN_20260101_00000001")
    #expect(text.utf8.count <= 127)
  }
}
