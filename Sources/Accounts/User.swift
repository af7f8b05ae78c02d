public import Database
public import Vocabulary

/// Somebody who signed in.
public struct User: Hashable, Sendable {
  public let id: UserID
  public let username: String
  public let role: UserRole

  /// How records name the user as somebody who acted behind the counter.
  public var actor: String { "operator:\(id)" }

  /// How records name the user as somebody to whom something was done. By number: a record is for
  /// ever, a name may have to be erased.
  public var subject: String { "user:\(id)" }

  /// The user with a name, whether or not disabled.
  public static func find(
    _ username: Username, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> User? {
    let row = try executor.first(
      "SELECT id, username, role FROM users WHERE username = \(username.text)",
      as: (UserID, String, UserRole).self)
    return row.map { User(id: $0, username: $1, role: $2) }
  }

  /// Whether a user's personal data are erased; until the transaction has ended they are not if they
  /// were not.
  static func lockIsErased(
    _ id: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    try transaction.first(
      "SELECT erased_at IS NOT NULL FROM users WHERE id = \(id) LOCK IN SHARE MODE", as: Bool.self)
      ?? false
  }

  /// The names of users.
  /// - Parameter ids: at most `SQL.listValuesMax`.
  public static func names(
    of ids: some Collection<UserID>, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [UserID: String] {
    guard !ids.isEmpty else { return [:] }
    let rows = try executor.all(
      "SELECT id, username FROM users WHERE id IN \(list: Array(Set(ids)))",
      as: (UserID, String).self)
    return Dictionary(rows) { first, _ in first }
  }
}
