import Kit
import LogLines
import Testing
import Threads
import Vocabulary

@testable import Routes

@Suite struct RefusalCounterTests {
  static let now = Timestamp(unixSeconds: 1_800_000_000)
  static let linesMax = LineBudget.linesPerWindowMax

  /// A counter whose window began at `now` and has no line left.
  static func exhausted() -> RefusalCounter {
    let counter = RefusalCounter()
    for _ in 1...linesMax { _ = counter.count(.alipay, at: now) }
    return counter
  }

  @Test func `every refusal has a line until there are too many`() {
    let counter = RefusalCounter()
    for number in 1...Self.linesMax {
      #expect(
        counter.count(.alipay, at: Self.now) == LineBudget.Line(total: number, unlogged: 0))
    }
    for _ in 1...5 { #expect(counter.count(.alipay, at: Self.now) == nil) }
  }

  @Test func `the first line of the next window tells how many had none`() {
    let counter = Self.exhausted()
    for _ in 1...40 { #expect(counter.count(.alipay, at: Self.now) == nil) }
    let next = Self.now.adding(seconds: LineBudget.windowSeconds)
    #expect(
      counter.count(.alipay, at: next)
        == LineBudget.Line(total: Self.linesMax + 41, unlogged: 40))
    #expect(
      counter.count(.alipay, at: next)
        == LineBudget.Line(total: Self.linesMax + 42, unlogged: 0))
  }

  @Test func `a window lasts to its last microsecond`() {
    let counter = Self.exhausted()
    let end = Self.now.adding(seconds: LineBudget.windowSeconds)
    #expect(counter.count(.alipay, at: Timestamp(microseconds: end.microseconds - 1)) == nil)
    #expect(counter.count(.alipay, at: end)?.unlogged == 1)
  }

  @Test func `rubbish in the name of one provider hides no refusal of another`() {
    let counter = Self.exhausted()
    #expect(
      counter.count(.stripe, at: Self.now) == LineBudget.Line(total: 1, unlogged: 0))
    #expect(counter.count(.alipay, at: Self.now) == nil)
  }

  @Test func `a new window has as many lines as the first`() {
    let counter = Self.exhausted()
    let next = Self.now.adding(seconds: LineBudget.windowSeconds)
    for _ in 1...Self.linesMax { #expect(counter.count(.alipay, at: next) != nil) }
    #expect(counter.count(.alipay, at: next) == nil)
  }

  @Test func `a clock that was set back silences nothing`() {
    let counter = Self.exhausted()
    #expect(counter.count(.alipay, at: Self.now) == nil)
    #expect(counter.count(.alipay, at: Self.now.adding(seconds: -86_400))?.unlogged == 1)
  }

  @Test func `refusals of all workers at once are counted once each`() throws {
    let counter = RefusalCounter()
    let lines = Monitor(0)
    let threads = try (1...8).map { number in
      try WorkerThread.start(name: "refuser \(number)", stackBytes: 256 * 1024) {
        for _ in 1...100 where counter.count(.alipay, at: Self.now) != nil {
          lines.withLock { $0 += 1 }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(lines.withLock { $0 } == Self.linesMax)
    let next = Self.now.adding(seconds: LineBudget.windowSeconds)
    let line = LineBudget.Line(total: 801, unlogged: 800 - Self.linesMax)
    #expect(counter.count(.alipay, at: next) == line)
  }
}
