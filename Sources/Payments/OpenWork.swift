public import Database
public import Vocabulary

/// What is not finished yet, in figures for monitoring.
public struct OpenWork: Hashable, Sendable {
  /// A number of things of one kind, with the time of the oldest.
  public struct Pile: Hashable, Sendable {
    public let count: Int64
    public let oldest: Timestamp?
  }

  public let queue: ParkedEvents.Figures
  /// Money that no order could be credited with.
  public let suspense: Pile
  /// Refunds whose end is not known.
  public let refunds: Pile
  /// Payments that may still be paid.
  public let payments: Pile
  /// Disputes that the bank has not decided.
  public let disputes: Pile

  public static func load(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OpenWork {
    OpenWork(
      queue: try ParkedEvents.figures(in: &executor),
      suspense: try pile(
        "SELECT COUNT(*), MIN(created_at) FROM suspense_entries WHERE resolved_at IS NULL",
        in: &executor),
      refunds: try pile(
        """
        SELECT COUNT(*), MIN(created_at) FROM refunds WHERE status IN ('REQUESTED', 'PENDING')
        """, in: &executor),
      payments: try pile(
        """
        SELECT COUNT(*), MIN(created_at) FROM payments WHERE status IN ('STARTING', 'PENDING')
        """, in: &executor),
      disputes: try pile(
        """
        SELECT COUNT(*), MIN(created_at) FROM disputes WHERE status IN ('INQUIRY', 'OPENED')
        """, in: &executor))
  }

  private static func pile(
    _ query: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Pile {
    let row = try executor.first(query, as: (Int64, Timestamp?).self)
    return Pile(count: row?.0 ?? 0, oldest: row?.1)
  }
}
