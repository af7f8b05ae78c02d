public import Database
public import Vocabulary

/// What came of a user's wish for a new password.
public enum PasswordChangeOutcome: Sendable {
  /// The session goes on under a new token.
  case changed(token: String)
  case wrongPassword
  /// Too many failures; see `SignInLimits`.
  case limited(retryAfterSeconds: Int64)
  /// Too many passwords are being looked at.
  case busy
}

extension AccountDesk {
  /// Sets a user's new password and ends the sessions of all other browsers.
  ///
  /// - Parameters:
  ///   - current: the password so far; failures count as those of signing in do.
  ///   - token: of the session that goes on.
  public func changePassword(
    of user: User, from current: Secret, to new: NewPassword, keeping token: String,
    visitor: Visitor, on connection: inout Connection
  ) throws(DatabaseError) -> PasswordChangeOutcome {
    switch try authenticateAgain(user, password: current, visitor: visitor, on: &connection) {
    case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
    case .busy: return .busy
    case .wrongCredentials, .disabled: return .wrongPassword
    case .known: break
    }
    guard let hash = try hashed(new, isWanted: { !visitor.isGone() }) else { return .busy }
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<PasswordChangeOutcome> in
      _ = try transaction.execute(
        """
        UPDATE users SET password_hash = \(hash), has_staff_password = \(new.isForStaff),
          updated_at = \(clock.now())
        WHERE id = \(user.id)
        """)
      try endOtherSessions(of: user.id, keeping: token, in: &transaction)
      let renewed = try renewToken(
        of: token, isStepUp: false, in: &transaction, at: clock.now())
      // Who ended this session meanwhile also ended what it wanted.
      return renewed.map { .commit(.changed(token: $0)) } ?? .rollback(.wrongPassword)
    }
  }

  /// Ends the sessions of a user's other browsers.
  public func endOtherSessions(
    of userID: UserID, keeping token: String, on connection: inout Connection
  ) throws(DatabaseError) {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try endOtherSessions(of: userID, keeping: token, in: &transaction)
      return .commit(())
    }
  }

  private func endOtherSessions(
    of userID: UserID, keeping token: String, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      "DELETE FROM sessions WHERE user_id = \(userID) AND id <> \(keyed(token))")
  }

  /// When the user registered; nil when there is no such user.
  public func registeredAt(
    _ userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> Timestamp? {
    try connection.first(
      "SELECT created_at FROM users WHERE id = \(userID)", as: Timestamp.self)
  }
}
