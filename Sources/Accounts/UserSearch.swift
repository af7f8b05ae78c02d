public import Database
public import Vocabulary

/// A user as operators see one.
public struct UserRecord: Hashable, Sendable {
  public let user: User
  public let createdAt: Timestamp
  public let disabledAt: Timestamp?
  /// When the personal data were erased; nobody is behind the account since.
  public let erasedAt: Timestamp?
  public let balance: Int64

  /// The users whose names begin with a text, in the order of their names.
  ///
  /// - Parameter after: the name that the last part ended with.
  public static func search(
    _ start: String, role: UserRole?, after: String?, limit: Int,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [UserRecord] {
    guard start.fitsASCIIColumn, after?.fitsASCIIColumn ?? true else { return [] }
    let only: SQL = role.map { "AND u.role = \($0)" } ?? ""
    let next: SQL = after.map { "AND u.username > \($0)" } ?? ""
    // `~` comes after every character of a name.
    return try records(
      """
      WHERE u.username >= \(start) AND u.username < \(start + "~") \(only) \(next)
      ORDER BY u.username LIMIT \(limit)
      """, in: &executor)
  }

  public static func find(
    _ username: Username, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> UserRecord? {
    try records("WHERE u.username = \(username.text)", in: &executor).first
  }

  private static func records(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [UserRecord] {
    let rows = try executor.all(
      """
      SELECT u.id, u.username, u.role, u.created_at, u.disabled_at, u.erased_at,
        w.balance
      FROM users u JOIN wallets w ON w.user_id = u.id \(condition)
      """, as: (UserID, String, UserRole, Timestamp, Timestamp?, Timestamp?, Int64).self)
    return rows.map { row in
      UserRecord(
        user: User(id: row.0, username: row.1, role: row.2), createdAt: row.3, disabledAt: row.4,
        erasedAt: row.5, balance: row.6)
    }
  }
}
