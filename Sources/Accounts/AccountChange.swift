public import Database
public import Vocabulary

/// What came of a change to somebody's account.
public enum AccountChange: Hashable, Sendable {
  case changed
  case notFound
  /// The user's personal data are erased: the account is for ever as it is.
  case erased
  /// The password was chosen by the rule for buyers, and staff need a longer one: its owner, who alone
  /// knows it, chooses a new one before.
  case passwordTooShort
}

extension AccountDesk {
  /// Stores a new password and ends all sessions of the user. What an operator does is `setPassword` in Operators;
  /// so it is with the changes below.
  /// - Parameter alongside: runs in the transaction, behind the change.
  public func storePassword(
    of username: Username, to password: NewPassword,
    alongside: (UserID, inout Transaction) throws(DatabaseError) -> Void,
    on connection: inout Connection
  ) throws(DatabaseError) -> AccountChange {
    guard let hash = try hashed(password) else {
      throw DatabaseError.inconsistent("no password can be hashed now")
    }
    return try change(username, on: &connection) { (id, transaction) throws(DatabaseError) in
      _ = try transaction.execute(
        """
        UPDATE users SET password_hash = \(hash), has_staff_password = \(password.isForStaff)
        WHERE id = \(id)
        """)
      try AccountDesk.endAllSessions(of: id, in: &transaction)
      try alongside(id, &transaction)
      return .changed
    }
  }

  /// Keeps a user from signing in and ends all sessions, or lets the user sign in again.
  public func storeDisabled(
    _ isDisabled: Bool, of username: Username,
    alongside: (UserID, inout Transaction) throws(DatabaseError) -> Void,
    on connection: inout Connection
  ) throws(DatabaseError) -> AccountChange {
    let moment = isDisabled ? clock.now() : nil
    return try change(username, on: &connection) { (id, transaction) throws(DatabaseError) in
      _ = try transaction.execute("UPDATE users SET disabled_at = \(moment) WHERE id = \(id)")
      if isDisabled { try AccountDesk.endAllSessions(of: id, in: &transaction) }
      try alongside(id, &transaction)
      return .changed
    }
  }

  public func storeRole(
    of username: Username, to role: UserRole,
    alongside: (UserID, inout Transaction) throws(DatabaseError) -> Void,
    on connection: inout Connection
  ) throws(DatabaseError) -> AccountChange {
    try change(username, on: &connection) { (id, transaction) throws(DatabaseError) in
      if role > .user, try !mayBeStaff(id, in: &transaction) { return .passwordTooShort }
      _ = try transaction.execute("UPDATE users SET role = \(role) WHERE id = \(id)")
      try alongside(id, &transaction)
      return .changed
    }
  }

  /// Whoever is staff already stays it: the rule is asked when somebody becomes one.
  private func mayBeStaff(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    try transaction.first(
      "SELECT role <> 'user' OR has_staff_password FROM users WHERE id = \(userID)", as: Bool.self)
      ?? false
  }

  private func change(
    _ username: Username, on connection: inout Connection,
    _ body: (UserID, inout Transaction) throws(DatabaseError) -> AccountChange
  ) throws(DatabaseError) -> AccountChange {
    try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<AccountChange> in
      let user = try transaction.first(
        "SELECT id, erased_at IS NOT NULL FROM users WHERE username = \(username.text) FOR UPDATE",
        as: (UserID, Bool).self)
      guard let (id, isErased) = user else { return .rollback(.notFound) }
      if isErased { return .rollback(.erased) }
      let change = try body(id, &transaction)
      guard change == .changed else { return .rollback(change) }
      _ = try transaction.execute(
        "UPDATE users SET updated_at = \(clock.now()) WHERE id = \(id)")
      return .commit(.changed)
    }
  }
}
