import HTTP
import Testing

@testable import WeChatPay

/// What WeChat Pay's interface v3 says, encrypted or not, can be read in one way only.
@Suite struct MemberTests {
  static func read<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
    JSON.decode(type, from: Array(text.utf8), depthLevelsMax: WeChatPayV3.depthLevelsMax)
  }

  static func trade(_ more: String) -> WeChatPayV3Wire.Trade? {
    read(
      WeChatPayV3Wire.Trade.self,
      """
      {"outTradeNo":"b","out_trade_no":"a","appid":"wx1","mchid":"1900000001",
       "tradeState":"SUCCESS","trade_state":"NOTPAY","transactionId":"4200"\(more)}
      """)
  }

  @Test func `a member of a trade has one spelling`() throws {
    let read = try #require(Self.trade(""))
    #expect(read.outTradeNo == "a" && read.tradeState == "NOTPAY" && read.transactionId == nil)
  }

  @Test(arguments: [
    #","out_trade_no":"b""#, #","\u006fut_trade_no":"b""#, #","amount":{"total":1,"total":990}"#,
    #","promotion_detail":[{"goods_detail":[{"goods_id":"1","goods\u005fid":"2"}]}]"#,
  ])
  func `a trade with a member that stands twice is not read`(more: String) {
    #expect(Self.trade(more) == nil)
  }

  @Test func `a notification's kind has one spelling`() throws {
    let resource = #"{"algorithm":"AEAD_AES_256_GCM","ciphertext":"","nonce":""}"#
    let text =
      #"{"id":"1","eventType":"TRANSACTION.SUCCESS","event_type":"REFUND.CLOSED","#
      + #""resource_type":"encrypt-resource","resource":\#(resource)}"#
    let notice = try #require(Self.read(WeChatPayV3Wire.Notice.self, text))
    #expect(notice.eventType == "REFUND.CLOSED")
  }
}
