public import Database
public import Vocabulary

/// The end of the ledger. A copy of the books that is restored from a backup has at least what was
/// its end when the backup began.
public struct NewestEntry: Sendable {
  /// Entries are numbered in the order in which they are booked.
  public let id: Int64
  public let createdAt: Timestamp

  /// Nil while nothing is booked.
  public static func read(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> NewestEntry? {
    try executor.first(
      "SELECT id, created_at FROM ledger_entries ORDER BY id DESC LIMIT 1",
      as: (Int64, Timestamp).self
    ).map { NewestEntry(id: $0, createdAt: $1) }
  }
}
