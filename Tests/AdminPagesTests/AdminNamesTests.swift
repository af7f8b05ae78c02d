import Pages
import Provider
import Testing
import Vocabulary

@testable import AdminPages

struct AdminNamesTests {
  private static let outcomes =
    ["PENDING", "PARKED", "SETTLED", "CREDITED", "DUPLICATE", "CONFIRMING", "SUSPICIOUS", "FAILED"]
    + ["CLOSED", "IGNORED", "UNMATCHED"]
    + RefundStatus.allCases.map { "REFUND_\($0.rawValue)" }
    + DisputeNews.Status.allCases.map { "DISPUTE_\($0.rawValue)" }

  @Test(arguments: outcomes)
  func `what became of an event has a name in either language`(outcome: String) {
    let (chinese, english) = (
      AdminNames.outcome(outcome, .chinese), AdminNames.outcome(outcome, .english)
    )
    #expect(chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(chinese)")
    #expect(english != outcome && english.utf8.allSatisfy { $0 < 0x80 }, "\(english)")
  }

  private static let answers = [
    "SUCCEEDED", "REFUNDED", "FAILED", "ATTEMPT_FAILED", "CLOSED", "PENDING", "REFUND", "DISPUTE",
    "CHANGED", "NOT_FOUND", "no clear answer, unavailable",
  ]

  @Test(arguments: answers)
  func `what a provider answered has words in either language`(answer: String) {
    let (chinese, english) = (
      AdminNames.providerAnswer(answer, .chinese), AdminNames.providerAnswer(answer, .english)
    )
    #expect(chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(chinese)")
    #expect(english != answer && english.utf8.allSatisfy { $0 < 0x80 }, "\(english)")
  }

  @Test func `a provider's answer keeps its cause`() {
    #expect(AdminNames.providerAnswer("FAILED: declined: x", .chinese) == "付款失败：declined: x")
    #expect(AdminNames.providerAnswer("no clear answer, late", .english) == "No clear answer: late")
    #expect(AdminNames.providerAnswer("not configured", .english) == "not configured")
  }

  private static let reasons = [
    "unmatched", "paid_twice", "unconfirmed", "provider", "merchant_account", "live_mode",
    "out_trade_no", "transaction_id", "currency", "amount", "refunded", "erased",
  ]

  @Test(arguments: reasons)
  func `why money is in suspense has a name in either language`(reason: String) {
    let (chinese, english) = (
      AdminNames.suspense(reason, .chinese), AdminNames.suspense(reason, .english)
    )
    #expect(chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(chinese)")
    #expect(english != reason, "\(english)")
  }

  private static let steps = [
    "created", "started", "pay_again", "paid", "paid_twice", "expired", "cancelled",
    "closed_by_operator", "refund_or_dispute", "amount",
  ]

  @Test(arguments: steps)
  func `why a state was reached has words in either language`(cause: String) {
    let (chinese, english) = (AdminNames.step(cause, .chinese), AdminNames.step(cause, .english))
    #expect(chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(chinese)")
    #expect(english != cause, "\(english)")
  }

  @Test(arguments: PaymentStatus.allCases.map(\.rawValue))
  func `a state of a payment's history has a name`(state: String) {
    #expect(AdminNames.state(state, ofPayment: true, .english) != state)
  }
}
