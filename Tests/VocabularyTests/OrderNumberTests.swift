import Testing
import Vocabulary

@Suite struct OrderNumberTests {
  @Test(arguments: ["COIN_20260102_12345678", "COIN_20260102_123456789012"])
  func `numbers of the known form are read`(text: String) {
    #expect(OrderNumber(text)?.text == text)
  }

  @Test(arguments: [
    "", "COIN_", "COIN_20260102_1234567", "COIN_20260102_1234567890123", "coin_20260102_12345678",
    "COIN_20260102_12345678 ", " COIN_20260102_12345678", "COIN_2026010_123456789",
    "COIN_20260102_1234567a", "COIN_20260102-12345678", "COIN_20260102_12345678_2",
    "COIN_２0260102_12345678", "COIN_20260102_12345678\u{0}", "XOIN_20260102_12345678",
  ])
  func `anything else is not an order number`(text: String) {
    #expect(OrderNumber(text) == nil)
  }

  @Test func `a new number carries the local date and random digits`() {
    let moment = Timestamp(unixSeconds: 1_767_312_000)
    var generator = SystemRandomNumberGenerator()
    var seen: Set<OrderNumber> = []
    for _ in 0..<1_000 {
      let number = OrderNumber(date: TimeZoneOffset.beijing.calendar(moment), using: &generator)
      #expect(number.text.hasPrefix("COIN_20260102_"))
      #expect(OrderNumber(number.text) == number)
      seen.insert(number)
    }
    #expect(seen.count > 990)
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, 0, "1970-01-01T00:00:00Z"), (951_782_400, 0, "2000-02-29T00:00:00Z"),
    (1_767_225_599, 28_800, "2026-01-01T07:59:59+08:00"), (-1, 0, "1969-12-31T23:59:59Z"),
    (4_102_444_800, -12_600, "2099-12-31T20:30:00-03:30"),
  ])
  func `a moment is written as RFC 3339`(seconds: Int64, offset: Int, text: String) {
    #expect(Timestamp(unixSeconds: seconds).rfc3339(offsetSeconds: offset) == text)
  }

  @Test func `days from a date and back agree over four centuries`() {
    for day in stride(from: -50_000, through: 100_000, by: 37) {
      let time = CalendarTime(Timestamp(unixSeconds: Int64(day) * 86_400), offsetSeconds: 0)
      let back = CalendarTime.daysSinceEpoch(year: time.year, month: time.month, day: time.day)
      #expect(back == day)
    }
  }

  @Test func `a secret never shows itself`() {
    let secret = Secret("hunter2")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("hunter2"))
    }
  }
}
