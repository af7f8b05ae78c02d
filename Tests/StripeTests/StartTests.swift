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
    return PaymentStart(
      outTradeNo: number.text, amount: amount, createdAt: StripeServer.now, request: request)
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

  /// A refused start beside a list of payments.
  private static func outcome(
    list: String?, checkout: StripeConfiguration.Checkout = .elements
  ) throws -> StartOutcome? {
    let start = try start(at: StripeServer.provider(checkout: checkout))
    let path = checkout == .elements ? "/v1/payment_intents" : "/v1/checkout/sessions"
    let refusal = #"{"error":{"type":"invalid_request_error","code":"amount_too_small"}}"#
    var answers = [(request: "POST \(path)", status: "400 Bad Request", body: refusal)]
    if let list {
      answers.append(("GET \(path)?created[gte]=1799999700&limit=100 ", "200 OK", list))
    }
    var outcome: StartOutcome?
    try StripeServer(answers).run(checkout: checkout) { provider, _ in
      outcome = provider.start(start, now: StripeServer.now)
    }
    return outcome
  }

  private static func listed(_ objects: String..., hasMore: Bool = false) -> String {
    #"{"object":"list","has_more":\#(hasMore),"data":[\#(objects.joined(separator: ","))]}"#
  }

  private static func intent(_ id: String, outTradeNo: String) -> String {
    """
    {"id":"\(id)","object":"payment_intent","amount":149,"currency":"usd","livemode":false,
    "client_secret":"\(id)_secret","status":"requires_payment_method",
    "metadata":{"out_trade_no":"\(outTradeNo)"}}
    """
  }

  private static func session(_ number: String) -> String {
    """
    {"id":"cs_2","object":"checkout.session","mode":"payment","status":"open",
    "payment_status":"unpaid","amount_total":149,"currency":"usd","livemode":false,
    "client_reference_id":"\(number)","url":"https://checkout.stripe.example/cs_2"}
    """
  }

  @Test func `a start that is refused is looked for, since an earlier answer may be lost`() throws {
    let number = "COIN_20260101_00000001"
    let lists: [(String, StripeConfiguration.Checkout, String)] = [
      (
        Self.listed(
          Self.intent("pi_1", outTradeNo: "COIN_20260101_00000002"),
          Self.intent("pi_2", outTradeNo: number)), .elements, "pi_2"
      ),
      (Self.listed(Self.session(number)), .session, "cs_2"),
    ]
    for (list, checkout, id) in lists {
      guard case .started(let started) = try Self.outcome(list: list, checkout: checkout) else {
        Issue.record("not found: \(id)")
        continue
      }
      #expect(started.providerTransactionID == id)
    }
  }

  @Test func `a start is refused only when it is not there either`() throws {
    let other = Self.intent("pi_1", outTradeNo: "COIN_20260101_00000002")
    guard case .refused = try Self.outcome(list: Self.listed(other)) else {
      Issue.record("not refused")
      return
    }
    for list in [nil, "{}", Self.listed(other, hasMore: true)] {
      guard case .unknown = try Self.outcome(list: list) else {
        Issue.record("believed in spite of \(list ?? "nothing")")
        continue
      }
    }
  }
}
