import Crypto
public import Database
public import Vocabulary

/// A signed-in browser.
public enum SignInSession {
  public static let lifetimeSeconds: Int64 = 14 * 24 * 3_600
  static let tokenBytes = 32
  static let tokenCharacters = 43
}

extension AccountDesk {
  /// The user of a session's token; nil when it is unknown or over, or the user is disabled.
  public func user(
    token: String, on connection: inout Connection
  ) throws(DatabaseError) -> User? {
    guard token.utf8.count == SignInSession.tokenCharacters else { return nil }
    let row = try connection.first(
      """
      SELECT u.id, u.username, u.role FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = \(keyed(token)) AND s.expires_at > \(clock.now()) AND u.disabled_at IS NULL
      """, as: (UserID, String, UserRole).self)
    return row.map { User(id: $0, username: $1, role: $2) }
  }

  /// The user of a session's token, with the moment of the session's last code of the second factor.
  public func staff(
    token: String, on connection: inout Connection
  ) throws(DatabaseError) -> (user: User, steppedUpAt: Timestamp?)? {
    guard token.utf8.count == SignInSession.tokenCharacters else { return nil }
    let row = try connection.first(
      """
      SELECT u.id, u.username, u.role, s.stepped_up_at
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = \(keyed(token)) AND s.expires_at > \(clock.now()) AND u.disabled_at IS NULL
      """, as: (UserID, String, UserRole, Timestamp?).self)
    return row.map { (User(id: $0, username: $1, role: $2), $3) }
  }

  /// Notes that a session's user has given a code of the second factor.
  func noteStepUp(
    token: String, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      "UPDATE sessions SET stepped_up_at = \(moment) WHERE id = \(keyed(token))")
  }

  /// Begins a session.
  /// - Returns: the token, which only the browser keeps.
  public func beginSession(
    of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> String {
    let token: String
    do throws(CryptoError) {
      token = Base64.encodeURLSafe(try randomBytes(count: SignInSession.tokenBytes))
    } catch {
      throw DatabaseError.inconsistent("no session could be made: \(error)")
    }
    let moment = clock.now()
    _ = try connection.execute(
      """
      INSERT INTO sessions (id, user_id, created_at, expires_at)
      VALUES (\(keyed(token)), \(userID), \(moment),
        \(moment.adding(seconds: SignInSession.lifetimeSeconds)))
      """)
    return token
  }

  /// Ends a session; an unknown one is over already.
  public func endSession(
    token: String, on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try connection.execute("DELETE FROM sessions WHERE id = \(keyed(token))")
  }

  /// Ends every session of a user.
  static func endAllSessions(
    of userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute("DELETE FROM sessions WHERE user_id = \(userID)")
  }
}
