import HTTP
import HTTPTypes
import Kit
import Provider
import Testing
import Vocabulary

@testable import Stripe

/// Events in the shapes of Stripe's documentation become events of ours.
@Suite struct EventTests {
  static func event(
    _ type: String, _ object: String, livemode: Bool = false, account: String? = nil
  ) -> String {
    let account = account.map { "\"account\":\"\($0)\"," } ?? ""
    return """
      {"id":"evt_1","object":"event","type":"\(type)","api_version":"2026-10-28.endive",\(account)
       "created":1799999990,"livemode":\(livemode),"pending_webhooks":1,
       "request":{"id":null,"idempotency_key":null},"data":{"object":\(object)}}
      """
  }

  static func session(
    _ status: String, _ paymentStatus: String, intent: String = "\"pi_1\"", mode: String = "payment"
  ) -> String {
    """
    {"id":"cs_test_1","object":"checkout.session","mode":"\(mode)","status":"\(status)",
     "payment_status":"\(paymentStatus)","amount_total":149,"currency":"usd","livemode":false,
     "client_reference_id":"COIN_20260101_00000001","payment_intent":\(intent),"url":null}
    """
  }

  static func refund(_ status: String, metadata: String = "{}", reason: String = "null") -> String {
    """
    {"id":"re_1","object":"refund","amount":49,"charge":"ch_1","currency":"usd",
     "failure_reason":\(reason),"payment_intent":"pi_1","status":"\(status)","metadata":\(metadata)}
    """
  }

  static func dispute(_ status: String) -> String {
    """
    {"id":"du_1","object":"dispute","amount":149,"charge":"ch_1","currency":"usd",
     "evidence_details":{"due_by":1800600000,"has_evidence":false},"is_charge_refundable":false,
     "livemode":false,"metadata":{},"payment_intent":"pi_1","reason":"fraudulent",
     "status":"\(status)"}
    """
  }

  static let charge = """
    {"id":"ch_1","object":"charge","amount":149,"amount_captured":149,"amount_refunded":49,
     "captured":true,"currency":"usd","livemode":false,"metadata":{},"payment_intent":"pi_1",
     "refunded":false,"status":"succeeded"}
    """

  static let noSession = (request: "GET /v1/checkout/sessions?", body: #"{"data":[]}"#)
  static let ownSession = (
    request: "GET /v1/checkout/sessions?payment_intent=pi_1",
    body: #"{"data":[{"id":"cs_test_1","client_reference_id":"COIN_20260101_00000001"}]}"#
  )

  /// What a provider makes of a genuine notification.
  static func outcome(_ body: String, _ provider: StripeProvider) -> NotificationOutcome {
    let bytes = Array(body.utf8)
    var headers = HTTPFields()
    headers[.stripeSignature] = SignatureTests.header(StripeServer.now.unixSeconds, bytes)
    let request = Request(
      method: .post, path: "/api/payment/webhook/stripe", headers: headers, body: bytes)
    return provider.receive(Notification(request: request, receivedAt: StripeServer.now))
  }

  static func events(
    _ body: String, _ answers: [(request: String, body: String)] = []
  ) throws -> [ProviderEvent] {
    var events: [ProviderEvent] = []
    try StripeServer(answers).run { provider, _ in
      guard case .events(let found) = outcome(body, provider) else { return }
      events = found
    }
    return events
  }

  @Test(arguments: [
    ("checkout.session.completed", "complete", "paid", "SUCCEEDED"),
    ("checkout.session.completed", "complete", "unpaid", "PENDING"),
    ("checkout.session.completed", "complete", "no_payment_required", "PENDING"),
    ("checkout.session.async_payment_succeeded", "complete", "paid", "SUCCEEDED"),
    ("checkout.session.async_payment_failed", "complete", "unpaid", "FAILED"),
    ("checkout.session.expired", "expired", "unpaid", "CLOSED"),
  ])
  func `only a paid session is paid`(
    type: String, status: String, paymentStatus: String, expected: String
  ) throws {
    let body = Self.event(type, Self.session(status, paymentStatus))
    let event = try #require(try Self.events(body).first)
    #expect(event.providerTransactionID == "cs_test_1")
    #expect(event.outTradeNo == "COIN_20260101_00000001")
    let kind =
      switch event.kind {
      case .succeeded(let amount): amount.minorUnits == 149 ? "SUCCEEDED" : "WRONG"
      case .pending: "PENDING"
      case .failed: "FAILED"
      case .closed: "CLOSED"
      default: "OTHER"
      }
    #expect(kind == expected)
  }

  @Test func `a member of an event has one spelling`() throws {
    let session = Self.session("complete", "paid")
    func body(_ more: String) -> String {
      Self.event("checkout.session.completed", session.replacingFirst("{", with: "{\(more),"))
    }
    let both = body(
      #""clientReferenceId":"COIN_20260101_00000002","paymentStatus":"unpaid","amountTotal":1"#)
    let event = try #require(try Self.events(both).first)
    #expect(event.outTradeNo == "COIN_20260101_00000001")
    guard case .succeeded(let amount) = event.kind else {
      Issue.record("\(event.kind)")
      return
    }
    #expect(amount.minorUnits == 149)
    for twice in [
      #""amount_total":149"#, #""\u0061mount_total":1"#, #""metadata":{"a":"1","a":"2"}"#,
    ] {
      #expect(try Self.events(body(twice)).isEmpty)
    }
  }

  static func intent(_ status: String, error: String = "null") -> String {
    """
    {"id":"pi_1","object":"payment_intent","status":"\(status)","amount":149,"currency":"usd",
     "last_payment_error":\(error),"livemode":false,
     "metadata":{"out_trade_no":"COIN_20260101_00000001"}}
    """
  }

  static let declined =
    #"{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}"#

  /// The status of the object decides; the type only says why the event came.
  @Test(arguments: [
    (
      "succeeded", "succeeded", "null",
      ProviderEvent.Kind.succeeded(ReportedAmount(minorUnits: 149, currencyCode: "USD"))
    ),
    ("processing", "processing", "null", .pending),
    ("requires_action", "requires_action", "null", .pending),
    (
      "payment_failed", "requires_payment_method", declined,
      .attemptFailed(Cause(.insufficientFunds, "card_declined/insufficient_funds"))
    ),
    ("canceled", "canceled", "null", .closed(Cause(.cancelled, "canceled"))),
    ("succeeded", "processing", "null", .pending),
    ("succeeded", "requires_capture", "null", .pending),
    ("processing", "requires_confirmation", "null", .pending),
    ("payment_failed", "requires_payment_method", "null", .pending),
  ])
  func `an event of an intent tells the intent's state`(
    type: String, status: String, error: String, expected: ProviderEvent.Kind
  ) throws {
    let body = Self.event("payment_intent.\(type)", Self.intent(status, error: error))
    let event = try #require(try Self.events(body).first)
    #expect(event.kind == expected)
    #expect(event.providerTransactionID == "pi_1")
    #expect(event.outTradeNo == "COIN_20260101_00000001")
  }

  @Test func `a subscription and the intent of a session are none of ours`() throws {
    let subscription = Self.session("complete", "paid", mode: "subscription")
    #expect(try Self.events(Self.event("checkout.session.completed", subscription)).isEmpty)
    let intent = """
      {"id":"pi_1","object":"payment_intent","status":"succeeded","amount":149,"currency":"usd",
       "livemode":false,"metadata":{"checkout":"session"}}
      """
    #expect(try Self.events(Self.event("payment_intent.succeeded", intent)).isEmpty)
  }

  @Test(arguments: [
    ("warning_needs_response", DisputeNews.Status.inquiry), ("warning_under_review", .inquiry),
    ("warning_closed", .won), ("needs_response", .opened), ("under_review", .opened),
    ("won", .won), ("lost", .lost), ("prevented", .won),
  ])
  func `a dispute's status is understood`(status: String, expected: DisputeNews.Status) throws {
    let body = Self.event("charge.dispute.updated", Self.dispute(status))
    let event = try #require(try Self.events(body, [Self.noSession]).first)
    guard case .dispute(let news) = event.kind else {
      Issue.record("no dispute")
      return
    }
    #expect(news.status == expected && news.disputeID == "du_1")
    #expect(news.respondBy == Timestamp(unixSeconds: 1_800_600_000))
    #expect(news.reason.kind == .suspectedFraud && event.providerTransactionID == "pi_1")
  }

  @Test(arguments: ["created", "updated", "funds_withdrawn", "funds_reinstated", "closed"])
  func `each event of a dispute tells the dispute's state`(type: String) throws {
    let body = Self.event("charge.dispute.\(type)", Self.dispute("lost"))
    let event = try #require(try Self.events(body, [Self.noSession]).first)
    guard case .dispute(let news) = event.kind else {
      Issue.record("no dispute")
      return
    }
    #expect(news.status == .lost && news.disputeID == "du_1")
    #expect(news.amount == ReportedAmount(minorUnits: 149, currencyCode: "USD"))
  }

  @Test func `an unheard status of a dispute is asked about rather than guessed`() throws {
    let body = Self.event("charge.dispute.updated", Self.dispute("escalated"))
    let event = try #require(try Self.events(body, [Self.noSession]).first)
    guard case .changed(let object) = event.kind else {
      Issue.record("\(event.kind)")
      return
    }
    #expect(object.id == "du_1")
  }

  @Test func `news that name an intent only are told by the session that we know`() throws {
    let body = Self.event("charge.dispute.created", Self.dispute("needs_response"))
    let event = try #require(try Self.events(body, [Self.ownSession]).first)
    #expect(event.providerTransactionID == "cs_test_1")
    #expect(event.outTradeNo == "COIN_20260101_00000001")
  }

  @Test func `without Stripe's help such news are wanted again`() throws {
    let body = Self.event("charge.dispute.created", Self.dispute("needs_response"))
    let answers = [(request: "GET", status: "429 Too Many Requests", body: "{}")]
    try StripeServer(answers).run { provider, _ in
      guard case .unverifiable = Self.outcome(body, provider) else {
        Issue.record("taken without knowing whose it is")
        return
      }
    }
  }

  @Test(
    arguments: ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"],
    [
      ("pending", RefundNews.Status.pending), ("requires_action", .pending), ("failed", .failed),
      ("canceled", .failed),
    ])
  func `each event of a refund tells the refund's state`(
    type: String, state: (status: String, expected: RefundNews.Status)
  ) throws {
    let body = Self.event(type, Self.refund(state.status))
    let event = try #require(try Self.events(body, [Self.noSession]).first)
    guard case .refund(let news) = event.kind else {
      Issue.record("no refund")
      return
    }
    #expect(news.status == state.expected && news.providerRefundID == "re_1")
    #expect((news.cause != nil) == (state.expected == .failed))
    #expect(event.providerTransactionID == "pi_1")
  }

  @Test func `a refund that has failed since is failed, whatever an old event says`() throws {
    let metadata = #"{"out_trade_no":"COIN_20260101_00000001","out_request_no":"R1"}"#
    let old = Self.refund("succeeded", metadata: metadata)
    let now = Self.refund("failed", metadata: metadata, reason: #""lost_or_stolen_card""#)
    let event = try #require(
      try Self.events(
        Self.event("refund.updated", old), [(request: "GET /v1/refunds/re_1", body: now)]
      ).first)
    guard case .refund(let news) = event.kind else {
      Issue.record("no refund")
      return
    }
    #expect(news.status == .failed && news.outRequestNo == "R1")
    #expect(news.cause == Cause(.instrumentUnusable, "lost_or_stolen_card"))
    #expect(news.amount == .ofRefund(ReportedAmount(minorUnits: 49, currencyCode: "USD")))
  }

  @Test func `a refunded charge was paid, and its refunds are told one by one`() throws {
    let list = #"{"has_more":false,"data":[\#(Self.refund("succeeded"))]}"#
    let events = try Self.events(
      Self.event("charge.refunded", Self.charge),
      [(request: "GET /v1/refunds?", body: list), Self.noSession])
    #expect(events.map(\.eventKey) == ["evt_1:paid", "evt_1:re_1"])
    #expect(
      events.first?.kind == .succeeded(ReportedAmount(minorUnits: 149, currencyCode: "USD")))
  }

  @Test func `another account's event keeps its account`() throws {
    let body = Self.event(
      "checkout.session.completed", Self.session("complete", "paid"), account: "acct_2")
    #expect(
      try Self.events(body).first?.account == ProviderAccount(merchant: "acct_2", isLive: false))
  }
}

extension String {
  fileprivate func replacingFirst(_ part: Character, with text: String) -> String {
    guard let place = firstIndex(of: part) else { return self }
    return String(self[..<place]) + text + String(self[index(after: place)...])
  }
}
