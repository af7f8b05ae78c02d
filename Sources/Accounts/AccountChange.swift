import Audit
public import Database
public import Vocabulary

/// Who changes somebody else's account, and why.
public struct AccountOperation: Sendable {
  let actor: String
  let reason: String

  public init(actor: String, reason: String) {
    self.actor = actor
    self.reason = reason
  }

  func record(
    _ kind: OperatorAction.Kind, of userID: UserID, details: String = "",
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try OperatorAction(
      actor: actor, kind: kind, subject: "user:\(userID)", reason: reason, details: details
    ).record(in: &transaction, at: moment)
  }
}

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
  /// Sets a new password and ends all sessions of the user.
  public func setPassword(
    _ password: NewPassword, of username: Username, by operation: AccountOperation,
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
      try operation.record(.setPassword, of: id, in: &transaction, at: clock.now())
      return .changed
    }
  }

  /// Disables a user and ends all sessions, or enables again. Orders and coins stay as they are.
  /// - Parameter ending: ends what the user asked others for, since nobody who is disabled may have it.
  public func setDisabled(
    _ isDisabled: Bool, _ username: Username, reason: String, actor: String,
    ending: (UserID, inout Transaction) throws(DatabaseError) -> Void,
    on connection: inout Connection
  ) throws(DatabaseError) -> AccountChange {
    let moment = isDisabled ? clock.now() : nil
    return try change(username, on: &connection) { (id, transaction) throws(DatabaseError) in
      _ = try transaction.execute("UPDATE users SET disabled_at = \(moment) WHERE id = \(id)")
      if isDisabled {
        try AccountDesk.endAllSessions(of: id, in: &transaction)
        try ending(id, &transaction)
      }
      _ = try OperatorAction(
        actor: actor, kind: isDisabled ? .disableUser : .enableUser, subject: "user:\(id)",
        reason: reason
      ).record(in: &transaction, at: clock.now())
      return .changed
    }
  }

  /// - Parameter ending: ends what the user asked others for, where the role does not allow that any more.
  public func setRole(
    _ role: UserRole, of username: Username, reason: String, actor: String,
    ending: (UserID, inout Transaction) throws(DatabaseError) -> Void,
    on connection: inout Connection
  ) throws(DatabaseError) -> AccountChange {
    try change(username, on: &connection) { (id, transaction) throws(DatabaseError) in
      if role > .user, try !mayBeStaff(id, in: &transaction) { return .passwordTooShort }
      _ = try transaction.execute("UPDATE users SET role = \(role) WHERE id = \(id)")
      if role < .operator { try ending(id, &transaction) }
      _ = try OperatorAction(
        actor: actor, kind: .setRole, subject: "user:\(id)", reason: reason,
        details: role.rawValue
      ).record(in: &transaction, at: clock.now())
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
