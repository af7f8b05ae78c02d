import Kit
import Testing
import Vocabulary

@Suite struct LocalDayTests {
  private static func date(_ text: String) throws -> CalendarDate {
    try #require(CalendarDate(text))
  }

  @Test(
    arguments: [
      (.newYork, "2026-03-07", "00:00:00-05:00", 24),
      (.newYork, "2026-03-08", "00:00:00-05:00", 23),
      (.newYork, "2026-03-09", "00:00:00-04:00", 24),
      (.newYork, "2026-11-01", "00:00:00-04:00", 25),
      (.newYork, "2026-11-02", "00:00:00-05:00", 24), (.berlin, "2026-03-29", "00:00:00+01:00", 23),
      (.berlin, "2026-10-25", "00:00:00+02:00", 25),
      (.santiago, "2026-04-04", "00:00:00-03:00", 25),
      (.santiago, "2026-04-05", "00:00:00-04:00", 24),
      (.santiago, "2026-09-05", "00:00:00-04:00", 24),
      (.santiago, "2026-09-06", "01:00:00-03:00", 23), (.cairo, "2026-04-24", "01:00:00+03:00", 23),
      (.cairo, "2026-10-29", "00:00:00+03:00", 25), (.cairo, "2026-10-30", "00:00:00+02:00", 24),
      (.havana, "2026-03-08", "01:00:00-04:00", 23), (.havana, "2026-11-01", "00:00:00-04:00", 25),
      (.beijing, "2026-03-08", "00:00:00+08:00", 24), (.utc, "2026-11-01", "00:00:00Z", 24),
    ] as [(TimeZoneOffset, String, String, Int64)])
  func `a day is as long as its zone's clock makes it`(
    zone: TimeZoneOffset, day: String, beginning: String, hours: Int64
  ) throws {
    let found = zone.day(try Self.date(day))
    #expect(zone.rfc3339(found.start) == "\(day)T\(beginning)")
    #expect(found.lengthSeconds == hours * 3_600)
    #expect(zone.day(of: found.start) == found)
    #expect(zone.day(of: found.end.adding(seconds: -1)) == found)
    #expect(zone.day(of: found.end).date == found.date.adding(days: 1))
    #expect(found.secondsLeft(at: found.start.adding(seconds: 3_600)) == (hours - 1) * 3_600)
  }

  @Test func `a day begins at midnight of its zone`() throws {
    let day = try Self.date("2026-01-02")
    let midnight = Int64(day.daysSinceEpoch) * 86_400
    for seconds in [0, 28_800, -18_000, 20_700, 19_800, 50_400, -43_200] {
      let zone = TimeZoneOffset.fixed(seconds: seconds)
      #expect(zone.day(day).start.unixSeconds == midnight - Int64(seconds))
    }
  }

  @Test func `a day can be longer or shorter by half an hour`() throws {
    #expect(TimeZoneOffset.lordHowe.day(try Self.date("2026-04-05")).lengthSeconds == 88_200)
    #expect(TimeZoneOffset.lordHowe.day(try Self.date("2026-10-04")).lengthSeconds == 84_600)
  }

  @Test func `a day that was left out has no length`() throws {
    let day = TimeZoneOffset.apia.day(try Self.date("2011-12-30"))
    #expect(day.lengthSeconds == 0)
    #expect(TimeZoneOffset.apia.rfc3339(day.end) == "2011-12-31T00:00:00+14:00")
  }

  /// Of each zone with a moment at which its clocks change.
  @Test(
    arguments: [
      (.newYork, 1_772_953_200), (.newYork, 1_793_512_800), (.berlin, 1_774_746_000),
      (.berlin, 1_792_890_000), (.santiago, 1_775_358_000), (.santiago, 1_788_667_200),
      (.cairo, 1_776_981_600), (.cairo, 1_793_307_600), (.havana, 1_772_946_000),
      (.havana, 1_793_509_200), (.lordHowe, 1_775_314_800), (.lordHowe, 1_791_041_400),
      (.apia, 1_325_239_200), (.stJohns, 1_268_537_460), (.stJohns, 1_289_097_060),
    ] as [(TimeZoneOffset, Int64)])
  func `every moment is in one day, and days follow each other`(
    zone: TimeZoneOffset, change: Int64
  ) {
    for second in stride(from: change - 3 * 86_400, through: change + 3 * 86_400, by: 1_199) {
      let moment = Timestamp(unixSeconds: second)
      let day = zone.day(of: moment)
      #expect(day.contains(moment), "\(zone.rfc3339(moment))")
      #expect(zone.day(of: day.end).start == day.end)
      #expect(zone.day(of: day.start) == day)
    }
  }
}
