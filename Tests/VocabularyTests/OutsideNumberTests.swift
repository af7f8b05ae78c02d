import Testing
import Vocabulary

@Suite struct OutsideNumberTests {
  @Test(
    arguments: [
      ("0", 0), ("7", 7), ("-7", -7), ("007", 7), ("9007199254740992", 9_007_199_254_740_992),
      ("-9007199254740992", -9_007_199_254_740_992),
    ] as [(String, Int64)])
  func `digits with at most a minus are read`(text: String, value: Int64) {
    #expect(OutsideNumber(text)?.within(OutsideNumber.range) == value)
  }

  @Test(arguments: [
    "", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "１", "٣", "9007199254740993", "\u{0}",
    "-9223372036854775808", "9223372036854775807", "99999999999999999999999999", "--1", "1_0",
  ])
  func `anything else is not`(text: String) {
    #expect(OutsideNumber(text) == nil)
  }

  @Test func `bounds belong to the number`() {
    #expect(OutsideNumber("5")?.within(1...5 as ClosedRange<Int>) == 5)
    #expect(OutsideNumber("6")?.within(1...5 as ClosedRange<Int>) == nil)
    #expect(OutsideNumber("0")?.identifier == nil)
    #expect(OutsideNumber("1")?.identifier == 1)
  }
}

@Suite struct TimestampBoundsTests {
  @Test(arguments: [Int64.min, .min + 1, -9_223_372_036_854, -1, 0, 1, .max - 1, .max])
  func `no number makes a moment overflow`(number: Int64) {
    let moments = [Timestamp(microseconds: number), Timestamp(unixSeconds: number)]
    for moment in moments {
      #expect(Timestamp.range.contains(moment.microseconds))
      for seconds in [Int64.min, -86_400, 0, 86_400, .max] {
        #expect(Timestamp.range.contains(moment.adding(seconds: seconds).microseconds))
      }
      _ = moment.unixSeconds
      _ = Timestamp(unixSeconds: 0) - moment
      #expect((1...9999).contains(CalendarTime(moment, offsetSeconds: 0).year))
    }
  }

  @Test func `the ends are the first and the last moment of the calendar`() {
    #expect(Timestamp(microseconds: .min).description == "1-01-01T00:00:00Z")
    #expect(Timestamp(microseconds: .max).description == "9999-12-31T23:59:59Z")
  }
}
