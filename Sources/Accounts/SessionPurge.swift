public import Database
public import Vocabulary

/// Removes what nobody needs of signing in: sessions that are over and counts of old failures.
public enum SessionPurge {
  public struct Counts: Hashable, Sendable {
    public internal(set) var sessions: Int64 = 0
    public internal(set) var failures: Int64 = 0
  }

  /// Rows of one statement.
  static let batchRowsMax = 500

  /// - Parameter rest: called after each statement.
  public static func run(
    on connection: inout Connection, at moment: Timestamp, isDryRun: Bool, rest: () -> Void
  ) throws(DatabaseError) -> Counts {
    let isOver = SignInLimits.window.isOver(since: "window_started_at", at: moment)
    guard !isDryRun else {
      let row = try connection.first(
        """
        SELECT (SELECT COUNT(*) FROM sessions WHERE expires_at <= \(moment)),
          (SELECT COUNT(*) FROM sign_in_failures WHERE \(isOver))
        """, as: (Int64, Int64).self)
      return Counts(sessions: row?.0 ?? 0, failures: row?.1 ?? 0)
    }
    return Counts(
      sessions: try delete(
        """
        DELETE FROM sessions WHERE expires_at <= \(moment)
        ORDER BY expires_at LIMIT \(batchRowsMax)
        """, on: &connection, rest),
      failures: try delete(
        """
        DELETE FROM sign_in_failures WHERE \(isOver)
        ORDER BY window_started_at LIMIT \(batchRowsMax)
        """, on: &connection, rest))
  }

  private static func delete(
    _ batch: SQL, on connection: inout Connection, _ rest: () -> Void
  ) throws(DatabaseError) -> Int64 {
    var count: Int64 = 0
    while true {
      let deleted = try connection.execute(batch).affectedRows
      count += deleted
      guard deleted == batchRowsMax else { return count }
      rest()
    }
  }
}
