import HTTP
import Testing

@testable import Alipay

@Suite struct EnvelopeTests {
  static let method = "alipay.trade.query"

  static func node(_ text: String) -> String? {
    AlipayEnvelope(Array(text.utf8), method: method).map {
      String(decoding: $0.node, as: UTF8.self)
    }
  }

  @Test func `the node keeps its very bytes`() {
    let node = #"{ "code":"10000" , "url":"http:\/\/x", "text":"}\"{" }"#
    let body = #"{"alipay_trade_query_response"  : \#(node) ,"sign" : "a\/b="}"#
    #expect(Self.node(body) == node)
    #expect(AlipayEnvelope(Array(body.utf8), method: Self.method)?.signature == "a/b=")
  }

  @Test func `a decoy is not taken for the node`() {
    let real = #"{"code":"40004","msg":"real"}"#
    let decoy = #"{"code":"10000","msg":"decoy"}"#
    let bodies = [
      #"{"x_alipay_trade_query_response":\#(decoy),"alipay_trade_query_response":\#(real)}"#,
      #"{"a":"\"alipay_trade_query_response\":{}","alipay_trade_query_response":\#(real)}"#,
      #"{"a":{"alipay_trade_query_response":\#(decoy)},"alipay_trade_query_response":\#(real)}"#,
    ]
    for body in bodies { #expect(Self.node(body) == real) }
  }

  @Test(arguments: [
    #"{"alipay_trade_query_response":{"code":"1"},"alipay_trade_query_response":{"code":"1"}}"#,
    #"{"alipay_trade_query_response":{"code":"1"},"sign":"a","sign":"b"}"#,
    #"{"alipay_trade_query\u005fresponse":{"code":"1"}}"#,
    #"{"alipay_trade_query_response":{"code":"1"}"#,
    #"{"alipay_trade_query_response":{"code":"1"}}x"#,
    #"[{"alipay_trade_query_response":{"code":"1"}}]"#,
    #"{"alipay_trade_close_response":{"code":"1"}}"#,
    "", "{", "{}", "null", "<html></html>", #"{"alipay_trade_query_response":{"#,
    #"{"alipay_trade_query_response":"{\"code\":\"1\"}"}"#,
  ])
  func `what is not of Alipay's form has no node`(body: String) {
    #expect(Self.node(body) == nil)
  }

  @Test func `a member of an answer has one spelling`() throws {
    func trade(_ more: String) -> AlipayWire.Trade? {
      let node = """
        {"code":"10000","outTradeNo":"b","out_trade_no":"a","tradeStatus":"TRADE_SUCCESS",
         "trade_no":"1","trade_status":"WAIT_BUYER_PAY","total_amount":"1.00"\(more)}
        """
      let body = #"{"alipay_trade_query_response":\#(node),"sign":"x"}"#
      return AlipayEnvelope(Array(body.utf8), method: Self.method).flatMap { envelope in
        JSON.decode(
          AlipayWire.Trade.self, from: envelope.node, depthLevelsMax: AlipayAnswer.depthLevelsMax)
      }
    }
    let read = try #require(trade(""))
    #expect(read.outTradeNo == "a" && read.tradeStatus == "WAIT_BUYER_PAY")
    #expect(trade(#","out_trade_no":"b""#) == nil)
    #expect(trade(#","\u006fut_trade_no":"b""#) == nil)
    #expect(trade(#","fund_bill_list":[{"amount":"1.00","amount":"2.00"}]"#) == nil)
  }

  @Test func `an unsigned answer is never a fact`() {
    func answer(_ code: String, _ subCode: String, isGenuine: Bool) -> String {
      let body =
        #"{"alipay_trade_query_response":{"code":"\#(code)","sub_code":"\#(subCode)"},"sign":"x"}"#
      guard let envelope = AlipayEnvelope(Array(body.utf8), method: Self.method) else {
        return "none"
      }
      return switch envelope.answer(isGenuine: isGenuine) {
      case .success: "success"
      case .failed(let subCode, _): subCode
      case .rejected: "rejected"
      case .notSent: "not sent"
      case .unknown: "unknown"
      }
    }
    #expect(answer("10000", "", isGenuine: true) == "success")
    #expect(answer("10000", "", isGenuine: false) == "unknown")
    #expect(answer("40004", "ACQ.TRADE_NOT_EXIST", isGenuine: true) == "ACQ.TRADE_NOT_EXIST")
    #expect(answer("40004", "ACQ.TRADE_NOT_EXIST", isGenuine: false) == "unknown")
    #expect(answer("40004", "ACQ.SYSTEM_ERROR", isGenuine: true) == "unknown")
    #expect(answer("20000", "isp.unknow-error", isGenuine: true) == "unknown")
    #expect(answer("40002", "isv.invalid-signature", isGenuine: false) == "rejected")
  }
}
