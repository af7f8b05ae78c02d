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
}
