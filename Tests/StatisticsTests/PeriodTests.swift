import Kit
import Testing
import Vocabulary

@testable import Statistics

/// Days, hours and quarters of any zone.
struct PeriodTests {
  private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

  @Test(arguments: ["2026-01-01", "2024-02-29", "1970-01-01", "2026-12-31"])
  func `a date is read and written`(text: String) throws {
    #expect(try date(text).description == text)
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "2026-01-01 ", "",
    "２026-01-01",
    "1969-12-31", "2026-04-31",
  ])
  func `what is no date is refused`(text: String) { #expect(CalendarDate(text) == nil) }

  @Test func `days of 23 and 25 hours are as long as they are`() throws {
    for (text, hours) in [("2026-03-07", 24), ("2026-03-08", 23), ("2026-11-01", 25)] {
      let period = try #require(
        StatisticsPeriod(first: date(text), last: date(text), zone: .newYork))
      let quarters = period.quarters.upperBound.number - period.quarters.lowerBound.number
      #expect(quarters == Int64(hours) * 4, "\(text)")
    }
  }

  @Test func `a period is cut where the offset changes`() throws {
    let year = try #require(
      StatisticsPeriod(first: date("2026-01-01"), last: date("2026-12-31"), zone: .newYork))
    let pieces = year.pieces(.newYork)
    #expect(pieces.map(\.offsetSeconds) == [-18_000, -14_400, -18_000])
    #expect(pieces.first?.quarters.lowerBound == year.quarters.lowerBound)
    #expect(pieces.last?.quarters.upperBound == year.quarters.upperBound)
    #expect(pieces[1].quarters.lowerBound.start.unixSeconds == 1_772_953_200)
    #expect(pieces[1].quarters.upperBound.start.unixSeconds == 1_793_512_800)
  }

  @Test func `an hour is written with the offset at which it begins, a day as its date`() throws {
    func texts(_ day: String, _ zone: TimeZoneOffset, _ hours: [Int64]) throws -> [String] {
      let period = try #require(
        StatisticsPeriod(first: date(day), last: date(day), slot: .hour, zone: zone))
      let midnight = Int64(try date(day).daysSinceEpoch) * 24
      return hours.map { period.text(midnight + $0, period.pieces(zone)) }
    }
    #expect(try texts("2026-01-02", .beijing, [3]) == ["2026-01-02T03:00:00+08:00"])
    #expect(try texts("2026-01-02", .utc, [3]) == ["2026-01-02T03:00:00Z"])
    // The clock skips 02:00, and passes 01:00 twice: that is one slot, which begins with the first.
    #expect(
      try texts("2026-03-08", .newYork, [1, 3])
        == ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"])
    #expect(
      try texts("2026-11-01", .newYork, [0, 1, 2])
        == [
          "2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-04:00", "2026-11-01T02:00:00-05:00",
        ])
    let year = try #require(
      StatisticsPeriod(first: date("2026-01-01"), last: date("2026-12-31"), zone: .newYork))
    #expect(year.text(Int64(try date("2026-11-01").daysSinceEpoch), []) == "2026-11-01")
  }

  @Test func `the length decides how finely a period is divided`() throws {
    func slot(_ last: String, _ slot: StatisticsPeriod.Slot? = nil) throws
      -> StatisticsPeriod.Slot?
    {
      StatisticsPeriod(
        first: try date("2026-01-01"), last: try date(last), slot: slot, zone: .beijing)?.slot
    }
    #expect(try slot("2026-01-03") == .hour)
    #expect(try slot("2026-01-04") == .day)
    #expect(try slot("2026-01-31", .hour) == .hour)
    #expect(try slot("2026-02-01", .hour) == nil)
    #expect(try slot("2027-01-01") == .day)
    #expect(try slot("2027-01-02") == nil)
    #expect(try slot("2025-12-31") == nil)
  }

  @Test func `moments before 1970 lie in quarters too`() {
    #expect(Quarter(Timestamp(unixSeconds: -1)).number == -1)
    #expect(Quarter(Timestamp(unixSeconds: -900)).number == -1)
    #expect(Quarter(Timestamp(unixSeconds: 899)).number == 0)
    #expect(Quarter(-1).dayStart.number == -96)
  }

  @Test func `classes of duration follow each other and are at most a sixteenth wide`() {
    for number in Int64(0)..<500 {
      let (this, next) = (DurationClass(number), DurationClass(number + 1))
      #expect(this.greatestMilliseconds + 1 == next.leastMilliseconds)
      let width = this.greatestMilliseconds - this.leastMilliseconds
      #expect(width * 16 <= this.leastMilliseconds || width == 0)
    }
  }

  @Test func `percentiles take the rank's class`() {
    var counts = DurationCounts()
    #expect(counts.milliseconds(percent: 50) == nil)
    for number in Int64(1)...20 { counts.add(1, to: DurationClass(number)) }
    #expect(counts.milliseconds(percent: 50) == 10)
    #expect(counts.milliseconds(percent: 95) == 19)
    #expect(counts.milliseconds(percent: 96) == 20)
    #expect(counts.milliseconds(percent: 100) == 20)
  }
}
