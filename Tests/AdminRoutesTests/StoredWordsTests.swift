import Audit
import Orders
import Pages
import Payments
import Provider
import Reconciliation
import Testing
import Vocabulary

@testable import AdminRoutes

struct StoredWordsTests {
  private static let languages = Language.all.filter(\.isComplete)

  private static let answers = [
    "SUCCEEDED", "REFUNDED", "FAILED", "ATTEMPT_FAILED", "CLOSED", "PENDING", "REFUND", "DISPUTE",
    "CHANGED", "NOT_FOUND", "no clear answer, unavailable",
  ]

  @Test(arguments: answers)
  func `what a provider answered has words in every language`(answer: String) {
    #expect(Set(Self.languages.map { $0.providerAnswer(answer) }).count == Self.languages.count)
    #expect(Language.english.providerAnswer(answer) != answer)
  }

  @Test func `a provider's answer keeps its cause`() {
    #expect(Language.chinese.providerAnswer("FAILED: declined: x") == "付款失败：被拒绝：x")
    #expect(
      Language.english.providerAnswer("no clear answer, unavailable: late")
        == "No clear answer: Provider unavailable: late")
    #expect(Language.english.providerAnswer("not configured") == "not configured")
  }

  @Test func `a cause is named by its kind and keeps the provider's code`() {
    #expect(Language.chinese.cause("insufficient_funds") == "余额不足")
    #expect(Language.english.cause("declined: 05") == "Declined: 05")
    #expect(Language.english.cause("<b>: x") == "<b>: x")
  }

  private static let steps =
    TransitionCause.allCases.map(\.rawValue) + Mismatch.allCases.map(\.rawValue)
    + Cause.Kind.allCases.map(\.rawValue) + ["unmatched", "unconfirmed"]

  @Test(arguments: steps)
  func `why a state was reached has words in every language`(cause: String) {
    #expect(Set(Self.languages.map { $0.step(cause) }).count == Self.languages.count)
    #expect(Language.english.step(cause) != cause)
  }

  @Test func `what is not known is shown as it is`() {
    for language in Language.all {
      #expect(language.step("<newer>") == "<newer>")
      #expect(language.outcome("NEWER", orState: "SETTLED") == "NEWER")
      #expect(language.outcome(nil, orState: "NEWER") == "NEWER")
      #expect(SuspenseReason.name(of: "newer", language) == "newer")
      #expect(OperatorAction.Kind.name(of: "NEWER", language) == "NEWER")
      #expect(language.state("NEWER", ofPayment: true) == "NEWER")
    }
  }

  @Test func `a reason of suspense is read as it was written`() {
    let reasons: [SuspenseReason] =
      [.unmatched, .paidTwice, .unconfirmed] + Mismatch.allCases.map { .mismatch($0) }
    for reason in reasons { #expect(SuspenseReason(rawValue: reason.rawValue) == reason) }
    #expect(SuspenseReason(rawValue: "newer") == nil)
  }

  @Test(arguments: Language.all)
  func `the cases of an enum have different names`(language: Language) {
    expectDistinct(OrderStatus.self, language)
    expectDistinct(PaymentStatus.self, language)
    expectDistinct(RefundStatus.self, language)
    expectDistinct(UserRole.self, language)
    expectDistinct(EventKind.self, language)
    expectDistinct(EventState.self, language)
    expectDistinct(OperatorAction.Kind.self, language)
    expectDistinct(Difference.self, language)
    expectDistinct(ReconciliationRun.State.self, language)
    expectDistinct(Cause.Kind.self, language)
    expectDistinct(TransitionCause.self, language)
    expectDistinct(Mismatch.self, language)
  }

  private func expectDistinct<Value: Named & CaseIterable>(
    _ type: Value.Type, _ language: Language
  ) {
    let names = type.allCases.map { $0.name(language) }
    #expect(Set(names).count == names.count, "\(type): \(names)")
  }
}
