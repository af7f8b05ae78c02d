import Crypto
public import Database
import Ledger
public import Vocabulary

/// What came of making a user.
public enum RegistrationOutcome: Sendable {
  case registered(User)
  /// Also for names that only operators give, so that nobody learns which those are.
  case usernameTaken
  /// Too many passwords are being hashed.
  case busy
}

extension AccountDesk {
  /// Makes a user of one's own wish.
  public func registerVisitor(
    _ username: Username, password: NewPassword, visitor: Visitor, on connection: inout Connection
  ) throws(DatabaseError) -> RegistrationOutcome {
    if username.isReserved(beside: reservedNames) { return .usernameTaken }
    return try register(
      username, password: password, isWanted: { !visitor.isGone() }, on: &connection)
  }

  /// Makes a user together with an empty wallet.
  /// - Parameter alongside: runs in the transaction, behind the making.
  public func register(
    _ username: Username, password: NewPassword, role: UserRole = .user,
    isWanted: () -> Bool = { true },
    alongside: (UserID, inout Transaction) throws(DatabaseError) -> Void = { _, _ in },
    on connection: inout Connection
  ) throws(DatabaseError) -> RegistrationOutcome {
    if username.text.hasPrefix(Pseudonym.prefix) { return .usernameTaken }
    if try User.find(username, in: &connection) != nil { return .usernameTaken }
    guard let hash = try hashed(password, isWanted: isWanted) else { return .busy }
    let moment = clock.now()
    do throws(DatabaseError) {
      return try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<RegistrationOutcome> in
        let result = try transaction.execute(
          """
          INSERT INTO users
            (username, password_hash, has_staff_password, role, created_at, updated_at)
          VALUES (\(username.text), \(hash), \(password.isForStaff), \(role), \(moment),
            \(moment))
          """)
        let id = UserID(result.lastInsertID)
        try Wallet.create(for: id, in: &transaction, now: moment)
        try alongside(id, &transaction)
        return .commit(.registered(User(id: id, username: username.text, role: role)))
      }
    } catch {
      guard error.kind == .duplicateKey else { throw error }
      return .usernameTaken
    }
  }

  /// - Returns: nil when too many passwords are being hashed, or nobody wants this one any more.
  func hashed(
    _ password: NewPassword, isWanted: () -> Bool = { true }
  ) throws(DatabaseError) -> String? {
    let work = passwordWork.run(isWanted: isWanted) { () -> PasswordHash? in
      try? PasswordHash(password: password.secret)
    }
    guard let work else { return nil }
    guard let hash = work else {
      throw DatabaseError.inconsistent("the password could not be hashed")
    }
    return hash.text
  }
}
