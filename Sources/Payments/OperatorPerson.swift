import Database
public import Vocabulary

/// Who stands behind an actor of the records: an account of the site is the same person at the console
/// and, under the same name, at the shell.
public struct OperatorPerson: Hashable {
  let name: String
  /// The person's own account; nil for somebody at the shell who has none.
  let userID: UserID?

  private static let consolePrefix = "operator:"
  private static let shellPrefix = "cli:"

  /// Somebody who worked in the console; nil for everybody else.
  public static func userID(ofConsoleActor actor: String) -> UserID? {
    guard actor.hasPrefix(consolePrefix) else { return nil }
    return Int64(actor.dropFirst(consolePrefix.count)).map { UserID($0) }
  }

  static func of(
    _ actor: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OperatorPerson {
    if let id = userID(ofConsoleActor: actor) { return OperatorPerson(name: actor, userID: id) }
    guard actor.hasPrefix(shellPrefix) else { return OperatorPerson(name: actor, userID: nil) }
    // Names of accounts know no capitals.
    let account = actor.dropFirst(shellPrefix.count).lowercased()
    guard account.isGraphicASCII,
      let id = try executor.first(
        "SELECT id FROM users WHERE username = \(account)", as: UserID.self)
    else { return OperatorPerson(name: actor, userID: nil) }
    return OperatorPerson(name: "\(consolePrefix)\(id)", userID: id)
  }

  /// Keeps accounts as they are until the transaction has ended. Whoever changes one ends what waits for a
  /// second person behind that, so it is held before the request is locked.
  ///
  /// - Parameter user: somebody else whose account matters.
  static func hold(
    _ actor: String, and user: UserID? = nil, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let person = try of(actor, in: &transaction).userID
    let users = Set([person, user].compactMap(\.self)).sorted()
    guard !users.isEmpty else { return }
    _ = try transaction.all(
      "SELECT id FROM users WHERE id IN \(list: users) ORDER BY id LOCK IN SHARE MODE",
      as: UserID.self)
  }

  /// Whether somebody who asked for something may still ask for it: nobody whose account is disabled or
  /// erased, and at the console nobody who is no operator any more. None of this changes before the
  /// transaction has ended.
  static func mayStillAsk(
    _ actor: String, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    guard let userID = try of(actor, in: &transaction).userID else { return true }
    let account = try transaction.first(
      """
      SELECT role, disabled_at IS NOT NULL OR erased_at IS NOT NULL FROM users
      WHERE id = \(userID) LOCK IN SHARE MODE
      """, as: (UserRole, Bool).self)
    guard let (role, isOut) = account, !isOut else { return false }
    return actor.hasPrefix(shellPrefix) || role >= .operator
  }

  /// As whom the person acts, at the console and at the shell.
  func actors(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [String] {
    guard let userID,
      let account = try executor.first(
        "SELECT username FROM users WHERE id = \(userID)", as: String.self)
    else { return [name] }
    return [name, OperatorPerson.shellPrefix + account]
  }

  /// Whether the two are one.
  func isSame(as other: OperatorPerson) -> Bool { name == other.name }
}
