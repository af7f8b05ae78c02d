import Testing
import Vocabulary

@Suite struct ScheduleTests {
  private static let now = Timestamp(unixSeconds: 1_800_000_000)
  private let schedule = Schedule(longestPauseSeconds: 3_600)

  @Test(
    arguments: [
      (-86_400, true), (0, true), (1, false), (3_600, false), (3_660, false), (3_661, true),
      (26 * 3_600, true), (.max, true),
    ] as [(Int64, Bool)])
  func `what is due further ahead than the longest pause is due now`(seconds: Int64, isDue: Bool) {
    #expect(schedule.isDue(Self.now.adding(seconds: seconds), at: Self.now) == isDue)
  }

  @Test(
    arguments: [
      (-3_601, true), (-3_600, true), (-3_599, false), (0, false), (60, false), (61, true),
      (26 * 3_600, true), (.max, true),
    ] as [(Int64, Bool)])
  func `a pause that begins in the future is over`(seconds: Int64, isOver: Bool) {
    #expect(schedule.isOver(since: Self.now.adding(seconds: seconds), at: Self.now) == isOver)
  }

  @Test func `no moment is set beyond the longest pause`() {
    let tomorrow = Self.now.adding(seconds: 86_400)
    #expect(schedule.bounded(tomorrow, at: Self.now) == Self.now.adding(seconds: 3_600))
    #expect(
      schedule.bounded(Self.now.adding(seconds: 5), at: Self.now) == Self.now.adding(seconds: 5))
  }
}
