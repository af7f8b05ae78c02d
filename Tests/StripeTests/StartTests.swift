import Kit
import Provider
import Testing
import Vocabulary

@testable import Stripe

/// What Stripe is sent to start a payment is sent again as it was, whatever the settings say now: under
/// one idempotency key it refuses everything else.
@Suite struct StartTests {
  private static func start(
    at provider: StripeProvider
  ) throws -> PaymentStart {
    let amount = try #require(Money(minorUnits: 149, currency: .usd))
    let number = try #require(OrderNumber("COIN_20260101_00000001"))
    let request = try #require(
      provider.startRequest(
        PaymentRequest(
          outTradeNo: number.text, orderNumber: number, amount: amount, subject: "体验包",
          createdAt: StripeServer.now, expiresAt: StripeServer.now.adding(seconds: 1_800),
          now: StripeServer.now, payer: PayerContext(isMobile: false, address: "192.0.2.1"),
          returnURL: "https://shop.example/payment/success?order_no=\(number)")))
    return PaymentStart(outTradeNo: number.text, amount: amount, request: request)
  }

  private static let intent = """
    {"id":"pi_1","object":"payment_intent","amount":149,"currency":"usd","livemode":false,
    "client_secret":"pi_1_secret","status":"requires_payment_method"}
    """

  @Test func `another checkout mode sends what was sent before`() throws {
    let start = try Self.start(at: StripeServer.provider())
    let answers = [(request: "POST /v1/payment_intents", body: Self.intent)]
    for mode in [StripeConfiguration.Checkout.elements, .session] {
      try StripeServer(answers).run(checkout: mode) { provider, server in
        let outcome = provider.start(start, now: StripeServer.now.adding(seconds: 600))
        guard case .started(let started) = outcome else {
          Issue.record("not started: \(outcome)")
          return
        }
        #expect(started.providerTransactionID == "pi_1")
        let sent = try #require(server.requests.first)
        #expect(sent.body == start.request.content)
        #expect(sent.headers["idempotency-key"] == "coinpay-create-COIN_20260101_00000001")
      }
    }
  }
}
