public import Database
public import Provider
public import Vocabulary

/// One day of one provider, compared or about to be.
public struct ReconciliationRun: Hashable, Sendable {
  public enum State: String, CaseIterable, Hashable, Sendable, ColumnDecodable {
    case running = "RUNNING"
    /// The provider had not made its books yet.
    case notReady = "NOT_READY"
    /// The books could not be read to their end.
    case failed = "FAILED"
    case complete = "COMPLETE"
  }

  public let id: Int64
  public let provider: PaymentMethod
  public let day: BookDay
  /// What the last attempt came to.
  public let state: State
  public let cause: String?
  public let attempts: Int64
  /// Lines of the books.
  public let lines: Int64
  /// Lines of other software on the same account.
  public let foreign: Int64
  /// Lines that say what we say.
  public let matched: Int64
  public let startedAt: Timestamp
  public let endedAt: Timestamp?
  /// When the books were last read to their end.
  public let completedAt: Timestamp?
  /// Differences by kind, the resolved ones included; a kind without any is not there.
  public internal(set) var differences: [Difference: Int64] = [:]
  /// Differences that wait for an operator.
  public internal(set) var open: Int64 = 0
}

extension ReconciliationRun {
  /// Runs on one page.
  public static let pageRunsMax = 100

  /// The runs, newest first.
  ///
  /// - Parameters:
  ///   - provider: nil for all.
  ///   - before: only runs with a smaller number: the last one of the page before.
  ///   - limit: 1…`pageRunsMax`.
  public static func latest(
    of provider: PaymentMethod? = nil, before: Int64? = nil, limit: Int,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ReconciliationRun] {
    let only: SQL = provider.map { "AND provider = \($0)" } ?? ""
    return try runs(
      "WHERE id < \(before ?? Int64.max) \(only) ORDER BY id DESC LIMIT \(limit)", in: &executor)
  }

  public static func find(
    _ id: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> ReconciliationRun? {
    try runs("WHERE id = \(id)", in: &executor).first
  }

  /// When books of each provider were last read to their end.
  public static func lastCompletions(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [(PaymentMethod, Timestamp)] {
    try executor.all(
      """
      SELECT provider, MAX(completed_at) FROM reconciliation_runs
      WHERE completed_at IS NOT NULL GROUP BY provider ORDER BY provider
      """, as: (PaymentMethod, Timestamp).self)
  }

  /// The days of a provider that were attempted, from one day to another, and whether they were read
  /// to their end. One that was read when it was not over yet, by a clock that was ahead, was not: that
  /// shows while the clock that is right has not caught up.
  static func days(
    of provider: PaymentMethod, from first: BookDay, to last: BookDay, at moment: Timestamp,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [BookDay: Bool] {
    let latest = moment.adding(seconds: Schedule.clockDifferenceSecondsMax)
    let rows = try executor.all(
      """
      SELECT book_day, COALESCE(completed_at <= \(latest), FALSE) FROM reconciliation_runs
      WHERE provider = \(provider)
        AND book_day BETWEEN \(first.description) AND \(last.description)
      """, as: (String, Bool).self)
    var days: [BookDay: Bool] = [:]
    for (text, isComplete) in rows {
      if let day = BookDay(text) { days[day] = isComplete }
    }
    return days
  }

  /// The first day of a provider that was ever attempted.
  static func firstDay(
    of provider: PaymentMethod, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> BookDay? {
    let text = try executor.first(
      "SELECT MIN(book_day) FROM reconciliation_runs WHERE provider = \(provider)",
      as: String?.self)
    return (text ?? nil).flatMap { BookDay($0) }
  }

  private static func runs(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ReconciliationRun] {
    let rows = try executor.all(
      """
      SELECT id, provider, book_day, state, cause, attempts, line_count, foreign_count, matched, started_at,
        ended_at, completed_at
      FROM reconciliation_runs \(condition)
      """,
      as: (
        Int64, PaymentMethod, String, State, String?, Int64, Int64, Int64, Int64, Timestamp,
        Timestamp?, Timestamp?
      ).self)
    var runs: [ReconciliationRun] = []
    for row in rows {
      guard let day = BookDay(row.2) else {
        throw DatabaseError.inconsistent("reconciliation run \(row.0) is of no day")
      }
      runs.append(
        ReconciliationRun(
          id: row.0, provider: row.1, day: day, state: row.3, cause: row.4, attempts: row.5,
          lines: row.6, foreign: row.7, matched: row.8, startedAt: row.9, endedAt: row.10,
          completedAt: row.11))
    }
    try count(&runs, in: &executor)
    return runs
  }

  private static func count(
    _ runs: inout [ReconciliationRun], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) {
    guard !runs.isEmpty else { return }
    let rows = try executor.all(
      """
      SELECT run_id, kind, COUNT(*), CAST(SUM(resolved_at IS NULL) AS SIGNED)
      FROM reconciliation_items WHERE run_id IN \(list: runs.map(\.id)) GROUP BY run_id, kind
      """, as: (Int64, Difference, Int64, Int64).self)
    for place in runs.indices {
      for (_, kind, all, open) in rows.filter({ $0.0 == runs[place].id }) {
        runs[place].differences[kind] = all
        runs[place].open += open
      }
    }
  }
}

extension ReconciliationRun {
  /// Opens the run of a day, or opens it again.
  static func begin(
    _ provider: PaymentMethod, _ day: BookDay, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> Int64 {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Int64> in
      _ = try transaction.execute(
        """
        INSERT INTO reconciliation_runs (provider, book_day, state, attempts, started_at)
        VALUES (\(provider), \(day.description), 'RUNNING', 1, \(moment))
        ON DUPLICATE KEY UPDATE state = 'RUNNING', cause = NULL, attempts = attempts + 1,
          started_at = \(moment), ended_at = NULL
        """)
      let id = try transaction.first(
        """
        SELECT id FROM reconciliation_runs
        WHERE provider = \(provider) AND book_day = \(day.description)
        """, as: Int64.self)
      guard let id else { throw DatabaseError.inconsistent("a run was not written") }
      return .commit(id)
    }
  }

  /// Writes down that an attempt ended without the whole books.
  static func end(
    _ id: Int64, _ state: State, cause: Cause? = nil, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try connection.execute(
      """
      UPDATE reconciliation_runs SET state = \(state.rawValue), cause = \(cause?.description),
        ended_at = \(moment) WHERE id = \(id)
      """)
  }

  /// Writes down that the day was compared to its end. Every difference but what is missing there is
  /// one line of the books.
  static func complete(
    _ id: Int64, lines: Int64, foreign: Int64, unreadable: UnreadableLines,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) {
    let cause = unreadable.isEmpty ? nil : Cause(.unavailable, "unreadable lines: \(unreadable)")
    _ = try connection.execute(
      """
      UPDATE reconciliation_runs SET state = 'COMPLETE', cause = \(cause?.description), ended_at = \(moment),
        completed_at = \(moment), line_count = \(lines),
        foreign_count = \(foreign), matched = GREATEST(0, \(lines - foreign) - (SELECT COUNT(*) FROM reconciliation_items i
          WHERE i.run_id = \(id) AND i.kind <> 'MISSING_THERE'))
      WHERE id = \(id)
      """)
  }
}
