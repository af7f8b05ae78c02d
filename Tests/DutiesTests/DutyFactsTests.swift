import FoundationEssentials
import Testing
import Vocabulary

@testable import Duties

@Suite struct DutyFactsTests {
  /// The facts of a duty in a folder that is gone afterwards.
  private func facts(_ files: [String: String], of duty: Duty = .drill) throws -> DutyFacts {
    let folder = FileManager.default.temporaryDirectory.path + "/duties-" + UUID().uuidString
    let own = folder + "/" + duty.rawValue
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      _ = FileManager.default.createFile(atPath: own + "/" + name, contents: Data(text.utf8))
    }
    return DutyFacts(of: duty, in: folder)
  }

  @Test func `what a duty noted is read`() throws {
    let facts = try facts([
      "ended": "1800000100\n", "result": "success\n", "succeeded": "1800000100\n",
      "seconds": "42\n",
    ])
    #expect(facts.hasRun)
    #expect(facts.endedAt == Timestamp(unixSeconds: 1_800_000_100))
    #expect(facts.succeededAt == facts.endedAt)
    #expect(facts.result == "success")
    #expect(facts.number("seconds") == 42)
  }

  @Test func `a failure leaves the last success where it was`() throws {
    let facts = try facts([
      "ended": "1800000100\n", "result": "exit-code\n", "succeeded": "1700000000\n",
    ])
    #expect(facts.result == "exit-code")
    #expect(facts.succeededAt == Timestamp(unixSeconds: 1_700_000_000))
  }

  @Test func `a duty that never ran has no facts`() {
    let facts = DutyFacts(of: .verify, in: "/no/such/folder")
    #expect(!facts.hasRun)
    #expect(facts.result == nil)
  }

  @Test func `what is no number is no moment`() throws {
    let facts = try facts([
      "ended": "yesterday\n", "succeeded": "\n", "seconds": "-\n", "bytes.new": "1\n",
      "long": String(repeating: "9", count: DutyFacts.valueBytesMax + 1),
    ])
    #expect(!facts.hasRun)
    #expect(facts.succeededAt == nil)
    #expect(facts.number("seconds") == nil)
    #expect(facts.number("bytes.new") == nil)
    #expect(facts.number("long") == nil)
  }
}
