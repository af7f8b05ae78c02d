import Testing
import Vocabulary

@testable import Payments

@Suite struct QueryScheduleTests {
  private static let created = Timestamp(unixSeconds: 1_800_000_000)

  @Test func `an order of half an hour is asked about at widening pauses and just before its end`()
  {
    let end = Self.created.adding(seconds: 1_800)
    var (moment, ages) = (Self.created, [Int64]())
    while moment < end {
      moment = QuerySchedule.next(after: moment, createdAt: Self.created, expiresAt: end)
      ages.append(moment.unixSeconds - Self.created.unixSeconds)
    }
    #expect(ages == [15, 30, 60, 180, 600, 1_790, 1_800])
  }

  @Test func `an order of a day is asked about every half hour in the end`() {
    let end = Self.created.adding(seconds: 86_400)
    let next = QuerySchedule.next(
      after: Self.created.adding(seconds: 5_000), createdAt: Self.created, expiresAt: end)
    #expect(next == Self.created.adding(seconds: 6_800))
  }

  @Test func `a payment that was made in the future waits a short pause and not for its birth`() {
    let created = Self.created.adding(seconds: 26 * 3_600)
    let next = QuerySchedule.next(
      after: Self.created, createdAt: created, expiresAt: created.adding(seconds: 1_800))
    #expect(next == Self.created.adding(seconds: 180))
  }
}
