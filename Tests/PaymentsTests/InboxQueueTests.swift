import Testing

@testable import Payments

@Suite struct InboxQueueTests {
  @Test func `waits grow up to their limit and never beyond`() {
    for attempts in Int64(0)...100 {
      let delay = InboxQueue.delaySeconds(afterAttempts: attempts)
      #expect((1...InboxQueue.delaySecondsMax).contains(delay))
    }
    #expect(InboxQueue.delaySeconds(afterAttempts: 0) == 1)
    #expect(InboxQueue.delaySeconds(afterAttempts: 11) >= 450)
  }

  @Test func `event kinds survive the way to columns and back`() {
    for kind in DecisionTests.kinds { #expect(EventKindColumns(kind).eventKind == kind) }
  }
}
