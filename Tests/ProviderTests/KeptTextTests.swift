import Kit
import Testing
import Vocabulary

@testable import Provider

@Suite struct KeptTextTests {
  @Test func `what fits is kept as it is`() {
    for text in ["a", "COIN_20260102_12345678", String(repeating: "x", count: 64), "'or'1'='1"] {
      let kept = KeptText(text, bytesMax: 64)
      #expect(kept.isWhole && kept.text == text)
    }
  }

  @Test(arguments: [
    String(repeating: "x", count: 65), String(repeating: "x", count: 100_000), "👨‍👩‍👧‍👦",
    "a\r\nb\u{1B}[31m", "a b",
    "a\0b", "é", "", " ", String(repeating: "金", count: 300),
  ])
  func `what does not fit is kept as far as it can be read`(text: String) {
    for bytesMax in [64, 128, 191]
    where !(text.utf8.count <= bytesMax && text.allSatisfy { $0 == "x" }) {
      let kept = KeptText(text, bytesMax: bytesMax)
      #expect(!kept.isWhole)
      #expect(kept.text.isGraphicASCII(upTo: bytesMax))
      #expect(KeptText(text, bytesMax: bytesMax) == kept)
    }
  }

  @Test func `two texts that differ anywhere stay different`() {
    let long = String(repeating: "x", count: 300)
    let texts = [long, long + "y", "y" + long, "👨‍👩‍👧‍👦", "👨‍👩‍👧", "é", "e\u{301}", "a\n", "a\r"]
    #expect(Set(texts.map { KeptText($0, bytesMax: 64).text }).count == texts.count)
  }

  private static func event(
    key: String = "evt_1", number: String? = "COIN_20260102_12345678", theirs: String? = "pi_1",
    kind: ProviderEvent.Kind = .pending, merchant: String = ""
  ) -> ProviderEvent? {
    ProviderEvent(
      provider: .stripe, eventKey: key, source: .notification, kind: kind, outTradeNo: number,
      providerTransactionID: theirs, account: ProviderAccount(merchant: merchant, isLive: false),
      occurredAt: Timestamp(unixSeconds: 1_800_000_000))
  }

  @Test func `an event names the columns that could not keep what was written`() throws {
    let odd = "👨‍👩‍👧‍👦" + String(repeating: "1", count: 300)
    let amount = ReportedAmount(minorUnits: .max, currencyCode: odd)
    #expect(try #require(Self.event()).alteredColumns == [])
    #expect(Self.event(key: odd)?.alteredColumns == ["event_key"])
    #expect(Self.event(number: "COIN_20260102_1" + odd)?.alteredColumns == ["out_trade_no"])
    #expect(Self.event(number: "COIN_20260102_1" + odd)?.bearsNumberOfOurs == true)
    #expect(Self.event(theirs: odd)?.alteredColumns == ["provider_txn_id"])
    #expect(Self.event(merchant: odd)?.alteredColumns == ["merchant_account"])
    let refund = RefundNews(
      status: .succeeded, outRequestNo: odd, providerRefundID: odd, amount: .ofRefund(amount))
    #expect(Self.event(kind: .refund(refund))?.alteredColumns == ["news_no", "news_id"])
    let dispute = DisputeNews(
      status: .opened, disputeID: odd, amount: amount, respondBy: nil, reason: Cause(.other))
    #expect(Self.event(kind: .dispute(dispute))?.alteredColumns == ["news_id"])
    let object = try #require(ChangedObject(type: "dispute", id: odd))
    #expect(Self.event(kind: .changed(object))?.alteredColumns == ["news_id"])
    // A number that is there and empty is no number.
    #expect(Self.event(number: "") == nil && Self.event(theirs: "") == nil)
    #expect(Self.event(number: nil, theirs: nil) == nil)
  }

  @Test func `a line of the books can be stored whatever its numbers are`() {
    let line = BookLine(
      kind: .refund, status: .succeeded, outTradeNo: "👨‍👩‍👧‍👦", providerTransactionID: "",
      outRequestNo: String(repeating: "R", count: 300), providerRefundID: "a\nb",
      amount: ReportedAmount(minorUnits: 1, currencyCode: "CNY"),
      occurredAt: Timestamp(unixSeconds: 0))
    #expect(line.providerTransactionID == "")
    for text in [line.outTradeNo, line.outRequestNo, line.providerRefundID] {
      #expect(text.map { $0.isGraphicASCII(upTo: 64) } == true)
    }
  }
}
