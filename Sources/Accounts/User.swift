public import Database
public import Vocabulary

/// Somebody who signed in.
public struct User: Hashable, Sendable {
  public let id: UserID
  public let username: String
  public let role: UserRole

  /// The user with a name, whether or not disabled.
  public static func find(
    _ username: Username, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> User? {
    let row = try executor.first(
      "SELECT id, username, role FROM users WHERE username = \(username.text)",
      as: (UserID, String, UserRole).self)
    return row.map { User(id: $0, username: $1, role: $2) }
  }
}
