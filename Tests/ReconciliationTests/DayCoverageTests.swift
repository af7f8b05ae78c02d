import Provider
import Testing
import Vocabulary

@testable import Reconciliation

@Suite struct DayCoverageTests {
  static func day(_ text: String) throws -> BookDay { try #require(BookDay(text)) }

  static func coverage(_ complete: [String]) throws -> DayCoverage {
    DayCoverage(
      of: try day("2026-03-01"), in: .beijing, complete: Set(try complete.map { try day($0) }))
  }

  static func moment(_ beijing: String) throws -> Timestamp {
    try #require(Timestamp(beijing: beijing))
  }

  @Test func `alone, a day judges what is not near its midnights`() throws {
    let alone = try Self.coverage([])
    #expect(alone.from == (try Self.moment("2026-03-01 00:10:00")))
    #expect(alone.until == (try Self.moment("2026-03-01 23:50:00")))
  }

  @Test func `the midnight between two days is judged by the one that is read second`() throws {
    let after = try Self.coverage(["2026-02-28"])
    #expect(after.from == (try Self.moment("2026-02-28 00:10:00")))
    #expect(after.until == (try Self.moment("2026-03-01 23:50:00")))
    let before = try Self.coverage(["2026-03-02"])
    #expect(before.from == (try Self.moment("2026-03-01 00:10:00")))
    #expect(before.until == (try Self.moment("2026-03-02 00:10:00")))
  }

  @Test func `a gap ends what is covered`() throws {
    let gap = try Self.coverage(["2026-02-28", "2026-02-26"])
    #expect(gap.from == (try Self.moment("2026-02-28 00:10:00")))
  }

  @Test func `yesterday is counted in the provider's zone`() throws {
    let moment = try Self.moment("2026-03-01 01:00:00")
    #expect(BookDay.yesterday(moment, in: .beijing).description == "2026-02-28")
    #expect(BookDay.yesterday(moment, in: .fixed(seconds: 0)).description == "2026-02-27")
  }

  @Test func `a missing bill says nothing before ten o'clock`() throws {
    let day = try Self.day("2026-02-28")
    #expect(day.withoutBill(now: try Self.moment("2026-03-01 09:59:59")) == .notReady)
    #expect(day.withoutBill(now: try Self.moment("2026-03-01 10:00:00")) == .empty)
  }
}
