import Database
import Kit
import Testing
import Vocabulary

@testable import Statistics

@Suite struct KeeperTests {
  @Test func `what changes after a clock that was ahead is set back is counted`() throws {
    let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    let keeper = StatisticsKeeper(clock: clock.clock, restFactor: 0)
    func fail(_ key: String) throws {
      let now = clock.clock.now()
      _ = try connection.execute(
        """
        INSERT INTO payment_events (provider, event_key, source, kind, merchant_account, live_mode,
          cause, occurred_at, received_at, state, outcome, settled_at)
        VALUES ('STRIPE', \(key), 'NOTIFICATION', 'ATTEMPT_FAILED', 'acct_1', FALSE, 'declined',
          \(now), \(now), 'SETTLED', 'NOTED', \(now))
        """)
    }
    func count() throws -> Int64? {
      for _ in 1...8 { _ = try keeper.keepUp(on: &connection) }
      return try connection.first(
        """
        SELECT CAST(COALESCE(SUM(count), 0) AS SIGNED) FROM statistics_counts
        WHERE span = 'Q' AND figure = 'CAUSE'
        """, as: Int64.self)
    }
    try fail("ahead")
    #expect(try count() == 1)
    clock.advance(seconds: -26 * 3_600)
    try fail("right")
    #expect(try count() == 2)
  }
}
