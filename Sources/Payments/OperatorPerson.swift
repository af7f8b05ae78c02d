import Database
public import Vocabulary

/// Who stands behind an actor of the records: an account of the site is the same person at the console
/// and, under the same name, at the shell.
public struct OperatorPerson: Hashable {
  public let name: String
  /// The person's own account; nil for somebody at the shell who has none.
  public let userID: UserID?

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
    let account = String(actor.dropFirst(shellPrefix.count))
    guard account.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let id = try executor.first(
        "SELECT id FROM users WHERE username = \(account)", as: UserID.self)
    else { return OperatorPerson(name: actor, userID: nil) }
    return OperatorPerson(name: "\(consolePrefix)\(id)", userID: id)
  }

  /// Whether the two are one.
  func isSame(as other: OperatorPerson) -> Bool { name == other.name }
}
