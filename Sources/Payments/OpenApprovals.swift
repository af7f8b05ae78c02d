public import Database

/// What waits for a second person's word.
public enum OpenApprovals {
  /// Payments that operators confirm by hand, and actions that one may not do alone.
  public static func count(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try executor.first(
      """
      SELECT (SELECT COUNT(*) FROM confirmations WHERE status = 'OPEN')
        + (SELECT COUNT(*) FROM operator_requests WHERE status = 'OPEN')
      """, as: Int64.self) ?? 0
  }
}
