public import Database
import Synchronization
public import Vocabulary

/// Keeps the summaries up: notes which quarters have changed, and counts each of them anew from the
/// rows themselves. Counting a quarter again gives the same, so that a crash or a second keeper does no
/// harm, and nothing is ever scanned but the rows of quarters that changed.
public final class StatisticsKeeper: Sendable {
  private let clock: WallClock
  private let restFactor: Int
  private let memory = Mutex(Memory())

  private struct Memory {
    /// What the last look saw behind the noted transitions; the same again means no news.
    var lastSeen: Seen?
    var notBefore: ContinuousClock.Instant?
  }

  private struct Seen: Equatable {
    let after: Int64
    let count: Int64
    let last: Int64
  }

  /// How long after its time stamp a row may become visible: longer than any transaction lasts.
  static let latenessSeconds: Int64 = 120
  static let restMax = Duration.seconds(20)
  /// Transitions that one look notes.
  static let transitionsMax = 200_000

  /// - Parameter restFactor: how many times longer than it worked a keeper rests when it has caught up,
  ///   so that a rush of orders is not slowed by counting it.
  public init(clock: WallClock, restFactor: Int = 9) {
    self.clock = clock
    self.restFactor = restFactor
  }

  /// Notes what changed and counts two days of it.
  /// - Returns: whether more is left to count. False also while another worker does it.
  public func keepUp(on connection: inout Connection) throws(DatabaseError) -> Bool {
    let began = ContinuousClock.now
    if let rest = memory.withLock({ $0.notBefore }), began < rest { return false }
    let hasMore = try keepUpAlone(on: &connection)
    let now = ContinuousClock.now
    let rest = min((now - began) * restFactor, StatisticsKeeper.restMax)
    memory.withLock { $0.notBefore = hasMore ? nil : now + rest }
    return hasMore
  }

  /// One keeper at a time works on a database.
  private func keepUpAlone(on connection: inout Connection) throws(DatabaseError) -> Bool {
    let database = try connection.first("SELECT DATABASE()", as: String.self) ?? ""
    let isHeld = try connection.first(
      "SELECT GET_LOCK(\("coinpay_statistics." + database), 0)", as: Int64?.self)
    guard isHeld == 1 else { return false }
    do throws(DatabaseError) {
      let hasMore = try noteChanges(on: &connection)
      let hasMoreDays = try StatisticsCount.countTwoDays(on: &connection)
      try release(database, on: &connection)
      return hasMore || hasMoreDays
    } catch {
      memory.withLock { $0.lastSeen = nil }
      if connection.isConnected { try release(database, on: &connection) }
      throw error
    }
  }

  private func release(
    _ database: String, on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try connection.first(
      "SELECT RELEASE_LOCK(\("coinpay_statistics." + database))", as: Int64?.self)
  }

  /// - Returns: whether there are transitions beyond those that were looked at.
  private func noteChanges(
    on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let now = clock.now()
    let horizon = now.adding(seconds: -StatisticsKeeper.latenessSeconds)
    let latest = now.adding(seconds: Schedule.clockDifferenceSecondsMax)
    let known = memory.withLock { $0.lastSeen }
    let seen = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Seen> in
      let progress = try transaction.first(
        "SELECT transition_id, changed_since FROM statistics_progress WHERE id = 1",
        as: (Int64, Timestamp).self)
      guard let (noted, lastSince) = progress else {
        throw DatabaseError.inconsistent("statistics_progress has lost its row")
      }
      // What a clock that was ahead has noted comes at no moment of the right one for a long time.
      let since = lastSince > latest ? horizon : lastSince
      let seen = try look(after: noted, in: &transaction)
      var marked = try noteRefundsAndAttempts(since: since, in: &transaction)
      if seen.count > 0, seen != known {
        marked += try notePayments(after: noted, upTo: seen.last, in: &transaction)
      }
      let settled = try transaction.first(
        """
        SELECT COALESCE(MAX(id), \(noted)) FROM order_transitions
        WHERE id > \(noted) AND id <= \(seen.last) AND created_at < \(horizon)
        """, as: Int64.self)
      guard marked > 0 || settled != noted else { return .rollback(seen) }
      _ = try transaction.execute(
        """
        UPDATE statistics_progress SET transition_id = \(settled ?? noted),
          changed_since = GREATEST(\(since), \(horizon))
        """)
      return .commit(seen)
    }
    memory.withLock { $0.lastSeen = seen }
    return seen.count == Int64(StatisticsKeeper.transitionsMax)
  }

  private func look(
    after noted: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) -> Seen {
    let row = try transaction.first(
      """
      SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (
        SELECT id FROM order_transitions WHERE id > \(noted)
        ORDER BY id LIMIT \(StatisticsKeeper.transitionsMax)) t
      """, as: (Int64, Int64).self)
    return Seen(after: noted, count: row?.0 ?? 0, last: row?.1 ?? 0)
  }

  /// - Returns: quarters that were not noted before.
  private func notePayments(
    after noted: Int64, upTo last: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    try transaction.execute(
      """
      INSERT IGNORE INTO statistics_stale (quarter)
      SELECT DISTINCT TIMESTAMPDIFF(SECOND, '1970-01-01', p.created_at) DIV \(Quarter.seconds)
      FROM order_transitions t JOIN payments p ON p.id = t.payment_id
      WHERE t.id > \(noted) AND t.id <= \(last)
      UNION
      SELECT DISTINCT TIMESTAMPDIFF(SECOND, '1970-01-01', p.succeeded_at) DIV \(Quarter.seconds)
      FROM order_transitions t JOIN payments p ON p.id = t.payment_id
      WHERE t.id > \(noted) AND t.id <= \(last) AND p.succeeded_at IS NOT NULL
      """
    ).affectedRows
  }

  private func noteRefundsAndAttempts(
    since: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    try transaction.execute(
      """
      INSERT IGNORE INTO statistics_stale (quarter)
      SELECT DISTINCT TIMESTAMPDIFF(SECOND, '1970-01-01', created_at) DIV \(Quarter.seconds)
      FROM refunds WHERE status IN ('REQUESTED', 'PENDING', 'SUCCEEDED', 'FAILED')
        AND updated_at >= \(since)
      UNION
      SELECT DISTINCT TIMESTAMPDIFF(SECOND, '1970-01-01', received_at) DIV \(Quarter.seconds)
      FROM payment_events WHERE kind = 'ATTEMPT_FAILED' AND received_at >= \(since)
      """
    ).affectedRows
  }
}
