import HTTP
import Kit
import Provider
import Testing
import Vocabulary

@testable import Stripe

@Suite struct RefundTests {
  static func request(number: String = "pi_1", id: String? = nil) throws -> RefundRequest {
    let amount = try #require(Money(minorUnits: 49, currency: .usd))
    return RefundRequest(
      payment: PaymentReference(
        outTradeNo: "COIN_20260101_00000001", providerTransactionID: number),
      paymentAmount: try #require(Money(minorUnits: 149, currency: .usd)), outRequestNo: "R1",
      providerRefundID: id, amount: amount, reason: "wish")
  }

  static let facts = RefundFacts(
    providerRefundID: "re_1", amount: ReportedAmount(minorUnits: 49, currencyCode: "USD"))
  static let ours = #"{"out_request_no":"R1"}"#
  static let none = (request: "GET /v1/refunds?payment_intent=pi_1", body: #"{"data":[]}"#)

  static func refund(
    _ answers: [(request: String, body: String)], number: String = "pi_1",
    check: (LoopbackServer) throws -> Void = { _ in }
  ) throws -> RefundOutcome {
    var outcome = RefundOutcome.notFound
    try StripeServer(answers).run { provider, server in
      outcome = provider.refund(try request(number: number), now: StripeServer.now)
      try check(server)
    }
    return outcome
  }

  @Test(arguments: [
    ("succeeded", RefundOutcome.succeeded(facts)), ("pending", .pending(facts)),
    ("requires_action", .pending(facts)), ("canceled", .failed(Cause(.cancelled, "canceled"))),
    ("failed", .failed(Cause(.other, "unknown"))),
  ])
  func `an answer says how the refund is`(status: String, expected: RefundOutcome) throws {
    let made = EventTests.refund(status, metadata: Self.ours)
    let outcome = try Self.refund([Self.none, (request: "POST /v1/refunds", body: made)])
    #expect(outcome == expected)
  }

  @Test func `a refund that exists is not asked for again`() throws {
    let list = #"{"data":[\#(EventTests.refund("succeeded", metadata: Self.ours))]}"#
    let outcome = try Self.refund([(request: "GET /v1/refunds?", body: list)]) { server in
      #expect(server.requests.map { $0.line.prefix(4) } == ["GET "])
    }
    #expect(outcome == .succeeded(Self.facts))
  }

  @Test func `a refund of a session is asked for by its intent`() throws {
    let answers = [
      (
        request: "GET /v1/checkout/sessions/cs_test_1", body: EventTests.session("complete", "paid")
      ), Self.none,
      (
        request: "POST /v1/refunds", body: EventTests.refund("succeeded", metadata: Self.ours)
      ),
    ]
    let outcome = try Self.refund(answers, number: "cs_test_1") { server in
      let last = try #require(server.requests.last)
      let body = PercentText.decode(String(decoding: last.body, as: UTF8.self))
      #expect(body.hasPrefix("payment_intent=pi_1&amount=49&"))
      #expect(body.contains("metadata[checkout]=session"))
      #expect(last.headers["idempotency-key"] == "coinpay-refund-R1")
    }
    #expect(outcome == .succeeded(Self.facts))
  }

  @Test func `an answer about another amount proves nothing`() throws {
    let other = EventTests.refund("succeeded", metadata: Self.ours).replacing("49", with: "48")
    guard case .unknown = try Self.refund([Self.none, (request: "POST", body: other)]) else {
      Issue.record("believed")
      return
    }
  }

  @Test func `what Stripe refuses is refused, and what nobody answers is unknown`() throws {
    let error = #"{"error":{"type":"invalid_request_error","code":"charge_already_refunded"}}"#
    for (status, isFailure) in [("400 Bad Request", true), ("500 Oops", false), ("429 No", false)] {
      let answers = [
        (request: "GET /v1/refunds", status: "200 OK", body: #"{"data":[]}"#),
        (request: "POST /v1/refunds", status: status, body: error),
      ]
      try StripeServer(answers).run { provider, _ in
        switch provider.refund(try Self.request(), now: StripeServer.now) {
        case .refused(let cause): #expect(isFailure && cause.kind == .conflict)
        case .unknown: #expect(!isFailure)
        default: Issue.record("neither")
        }
      }
    }
  }

  @Test func `a refund is looked up by its number, and by ours`() throws {
    let found = EventTests.refund("pending", metadata: Self.ours)
    let answers = [
      (request: "GET /v1/refunds/re_1", body: found),
      (request: "GET /v1/refunds?payment_intent=pi_1", body: #"{"data":[]}"#),
    ]
    try StripeServer(answers).run { provider, _ in
      let known = try Self.request(id: "re_1")
      #expect(provider.queryRefund(known, now: StripeServer.now) == .pending(Self.facts))
      #expect(provider.queryRefund(try Self.request(), now: StripeServer.now) == .notFound)
    }
  }
}
