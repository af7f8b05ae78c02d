import HTTP
import Kit
import Provider
import Testing
import Vocabulary

@testable import Stripe

/// What Stripe tells of a payment on more than one page.
@Suite struct LongListsTests {
  static let intent = """
    {"id":"pi_1","object":"payment_intent","status":"succeeded","amount":149,"amount_received":149,
     "currency":"usd","livemode":false,"client_secret":null,"last_payment_error":null,
     "metadata":{"out_trade_no":"COIN_20260101_00000001"}}
    """

  static func page(_ items: [String], isLast: Bool) -> String {
    #"{"has_more":\#(!isLast),"data":[\#(items.joined(separator: ","))]}"#
  }

  static func refund(_ id: String) -> String {
    EventTests.refund("succeeded").replacing("re_1", with: id)
  }

  static func dispute(_ id: String) -> String {
    EventTests.dispute("lost").replacing("du_1", with: id)
  }

  static func answer(
    _ pages: [(request: String, body: String)]
  ) throws -> (kinds: [ProviderEvent.Kind], isClear: Bool) {
    let intent = (request: "GET /v1/payment_intents/pi_1", body: Self.intent)
    let payment = PaymentReference(
      outTradeNo: "COIN_20260101_00000001", providerTransactionID: "pi_1")
    var answer: (kinds: [ProviderEvent.Kind], isClear: Bool) = ([], false)
    try StripeServer(pages + [intent]).run { provider, _ in
      if case .event(_, let refunds) = provider.query(payment, now: StripeServer.now) {
        answer = (refunds.map(\.kind), true)
      }
    }
    return answer
  }

  @Test func `refunds and disputes are read to the last page`() throws {
    let answer = try Self.answer([
      (
        request: "GET /v1/refunds?payment_intent=pi_1&limit=100&starting_after=re_a",
        body: Self.page([Self.refund("re_b")], isLast: true)
      ),
      (request: "GET /v1/refunds?", body: Self.page([Self.refund("re_a")], isLast: false)),
      (
        request: "GET /v1/disputes?payment_intent=pi_1&limit=10&starting_after=du_a",
        body: Self.page([Self.dispute("du_b")], isLast: true)
      ),
      (request: "GET /v1/disputes?", body: Self.page([Self.dispute("du_a")], isLast: false)),
    ])
    let numbers = answer.kinds.map { kind -> String? in
      switch kind {
      case .refund(let news): news.providerRefundID
      case .dispute(let news): news.disputeID
      default: nil
      }
    }
    #expect(numbers == ["re_a", "re_b", "du_a", "du_b"])
  }

  @Test func `a list without an end is no answer`() throws {
    let endless = (
      request: "GET /v1/refunds?", body: Self.page([Self.refund("re_a")], isLast: false)
    )
    #expect(try !Self.answer([endless]).isClear)
  }
}
