import HTTP
import Kit
import Provider
import Testing
import Vocabulary

@testable import Stripe

@Suite struct BooksTests {
  static let path = "GET /v1/balance_transactions?"

  static func line(
    _ id: String, _ type: String, _ amount: Int, _ object: String, metadata: String = "{}",
    status: String = "succeeded"
  ) -> String {
    """
    {"id":"\(id)","object":"balance_transaction","type":"\(type)","amount":\(amount),"fee":34,
     "created":1793836800,"currency":"eur","source":{"id":"src_\(id)","object":"\(object)",
     "amount":149,"currency":"usd","payment_intent":"pi_\(id)","status":"\(status)",
     "metadata":\(metadata)}}
    """
  }

  static let payout = """
    {"id":"t9","object":"balance_transaction","type":"payout","amount":-500,"created":1793836800,
     "source":{"id":"po_1","object":"payout","arrival_date":1,"metadata":{}}}
    """

  static func page(_ lines: [String], hasMore: Bool = false) -> String {
    #"{"object":"list","has_more":\#(hasMore),"data":[\#(lines.joined(separator: ","))]}"#
  }

  static func read(
    _ answers: [(request: String, body: String)], day: String = "2026-11-05",
    check: (LoopbackServer) throws -> Void = { _ in }
  ) throws -> (BooksOutcome, [BookLine]) {
    var lines: [BookLine] = []
    var outcome = BooksOutcome.empty
    let day = try #require(BookDay(day))
    try StripeServer(answers).run { provider, server in
      outcome = provider.readBooks(of: day, now: StripeServer.now) { lines += $0 }
      try check(server)
    }
    return (outcome, lines)
  }

  @Test func `every page of a day is read, in the currency that was paid`() throws {
    let number = #"{"out_trade_no":"COIN_20260101_00000001"}"#
    let first = Self.page(
      [Self.line("1", "charge", 130, "charge", metadata: number)], hasMore: true)
    let second = Self.page([
      Self.payout,
      Self.line(
        "2", "refund", -149, "refund", metadata: #"{"out_trade_no":"A","out_request_no":"B"}"#),
      Self.line("3", "refund_failure", 149, "refund", metadata: #"{"out_trade_no":"A"}"#),
      Self.line("4", "adjustment", -149, "dispute"), Self.line("5", "adjustment", 149, "dispute"),
      Self.line("6", "payment", 149, "charge", metadata: number, status: "pending"),
    ])
    let bounds = "created[gte]=1793836800&created[lt]=1793923200&limit=100&expand[]=data.source"
    let (outcome, lines) = try Self.read([
      (request: "\(Self.path)\(bounds)&starting_after=1", body: second),
      (request: "\(Self.path)\(bounds) ", body: first),
      (request: "GET /v1/checkout/sessions?", body: #"{"data":[]}"#),
    ])
    #expect(outcome == .complete(lines: 6))
    #expect(lines.map(\.kind) == [.payment, .refund, .refund, .dispute, .dispute, .payment])
    #expect(
      lines.map(\.status) == [.succeeded, .succeeded, .failed, .succeeded, .failed, .pending])
    #expect(lines.allSatisfy { $0.amount == ReportedAmount(minorUnits: 149, currencyCode: "USD") })
    #expect(lines[0].outTradeNo == "COIN_20260101_00000001")
    #expect(lines[0].providerTransactionID == "pi_1")
    #expect(lines[1].outRequestNo == "B" && lines[1].providerRefundID == "src_2")
  }

  @Test func `a charge of a session is known by our number`() throws {
    let metadata = #"{"out_trade_no":"COIN_1","checkout":"session"}"#
    let (_, lines) = try Self.read([
      (
        request: Self.path,
        body: Self.page([Self.line("1", "charge", 149, "charge", metadata: metadata)])
      )
    ]) { server in #expect(server.requests.count == 1) }
    #expect(lines.first?.outTradeNo == "COIN_1" && lines.first?.providerTransactionID == nil)
  }

  /// What Stripe's evidence fields may hold in all, in characters.
  private static let evidenceCharactersMax = 150_000

  @Test func `a page of disputes with all their evidence is read in smaller pages`() throws {
    let evidence = String(repeating: "e", count: Self.evidenceCharactersMax)
    func dispute(_ id: Int) -> String {
      """
      {"id":"\(id)","object":"balance_transaction","type":"adjustment","amount":-149,
       "created":1793836800,"source":{"id":"dp_\(id)","object":"dispute","amount":149,
       "currency":"usd","payment_intent":"pi_\(id)","metadata":{"out_trade_no":"A"},
       "evidence":{"uncategorized_text":"\(evidence)"}}}
      """
    }
    let bounds = "\(Self.path)created[gte]=1793836800&created[lt]=1793923200"
    let (outcome, lines) = try Self.read([
      (
        request: "\(bounds)&limit=25&expand[]=data.source&starting_after=1 ",
        body: Self.page([dispute(2)])
      ), (request: "\(bounds)&limit=25&", body: Self.page([dispute(1)], hasMore: true)),
      (request: "\(bounds)&limit=100&", body: Self.page((1...100).map(dispute))),
    ])
    #expect(outcome == .complete(lines: 2))
    #expect(lines.map(\.providerRefundID) == ["dp_1", "dp_2"])
  }

  @Test func `one line that is too large makes the books unknown`() throws {
    let text = String(repeating: "e", count: 5_000_000)
    let (outcome, _) = try Self.read([(request: Self.path, body: Self.page([text]))]) { server in
      #expect(server.requests.count == 4)
    }
    guard case .unknown = outcome else {
      Issue.record("a line was left out")
      return
    }
  }

  @Test func `a day without payments is empty, and one that has not ended is not ready`() throws {
    #expect(try Self.read([(request: Self.path, body: Self.page([Self.payout]))]).0 == .empty)
    #expect(try Self.read([], day: "2027-01-15").0 == .notReady)
  }

  @Test(arguments: ["{}", "[]", "<html>", #"{"data":[{"id":"t1"}]}"#])
  func `what is not the books is not taken for empty books`(body: String) throws {
    guard case .unknown = try Self.read([(request: Self.path, body: body)]).0 else {
      Issue.record("taken for books")
      return
    }
  }

  @Test func `a line whose source is hidden makes the books unknown`() throws {
    let hidden = """
      {"id":"t1","type":"charge","amount":149,"created":1793836800,"source":"ch_1"}
      """
    guard case .unknown = try Self.read([(request: Self.path, body: Self.page([hidden]))]).0 else {
      Issue.record("a payment was left out")
      return
    }
  }
}
