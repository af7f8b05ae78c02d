import Database
import Vocabulary

/// Who stands behind an actor of the records: an account of the site is the same person at the console
/// and, under the same name, at the shell.
struct OperatorPerson: Hashable {
  let name: String
  /// The person's own account; nil for somebody at the shell who has none.
  let userID: UserID?

  private static let consolePrefix = "operator:"
  private static let shellPrefix = "cli:"

  static func of(
    _ actor: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OperatorPerson {
    if actor.hasPrefix(consolePrefix), let id = Int64(actor.dropFirst(consolePrefix.count)) {
      return OperatorPerson(name: actor, userID: UserID(id))
    }
    guard actor.hasPrefix(shellPrefix) else { return OperatorPerson(name: actor, userID: nil) }
    let account = String(actor.dropFirst(shellPrefix.count))
    guard account.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let id = try executor.first(
        "SELECT id FROM users WHERE username = \(account)", as: UserID.self)
    else { return OperatorPerson(name: actor, userID: nil) }
    return OperatorPerson(name: "\(consolePrefix)\(id)", userID: id)
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
