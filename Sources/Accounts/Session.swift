import Crypto
public import Database
public import Vocabulary

/// A signed-in browser.
///
/// The article `Accounts` says why it ends when it does. A buyer loses little by a forgotten browser and
/// much by signing in at each purchase; staff move other people's money.
public enum SignInSession {
  public static let lifetimeSeconds: Int64 = 14 * 24 * 3_600
  /// How long a session of a buyer lasts unused.
  static let idleSecondsMax: Int64 = 7 * 24 * 3_600
  static let staffLifetimeSeconds: Int64 = 12 * 3_600
  static let staffIdleSecondsMax: Int64 = 30 * 60
  /// How long a password or code that was given lets its user change how people sign in.
  public static let freshSeconds: Int64 = 10 * 60
  /// Use is noted this often at most.
  static let notes = Schedule(longestPauseSeconds: 60)
  static let tokenBytes = 32
  static let tokenCharacters = 43
  static let listedMax = 100
  static let deviceLimit = TextLimit(64, .scalars)
}

/// Who is in a session, and what they have proved in it.
public struct SessionUser: Sendable {
  public let user: User
  /// When a code of the second factor was last given.
  public let steppedUpAt: Timestamp?
  /// When the password or a code was last given.
  public let authenticatedAt: Timestamp

  /// Whether that is so recent that it is still the same person.
  public func isFresh(at moment: Timestamp) -> Bool {
    !Schedule(longestPauseSeconds: SignInSession.freshSeconds)
      .isOver(since: authenticatedAt, at: moment)
  }
}

extension AccountDesk {
  /// The user of a session's token; nil when it is unknown or over, or the user is disabled.
  public func user(
    token: String, on connection: inout Connection
  ) throws(DatabaseError) -> User? {
    try session(token: token, on: &connection)?.user
  }

  /// Who is in a session; nil when it is unknown or over, or the user is disabled. Notes that it is used.
  public func session(
    token: String, on connection: inout Connection
  ) throws(DatabaseError) -> SessionUser? {
    guard token.utf8.count == SignInSession.tokenCharacters else { return nil }
    let (id, moment) = (keyed(token), clock.now())
    let row = try connection.first(
      """
      SELECT u.id, u.username, u.role, s.stepped_up_at,
        COALESCE(s.authenticated_at, s.created_at), COALESCE(s.last_seen_at, s.created_at)
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = \(id) AND \(alive(at: moment))
      """, as: (UserID, String, UserRole, Timestamp?, Timestamp, Timestamp).self)
    guard let (userID, username, role, steppedUpAt, authenticatedAt, lastSeenAt) = row else {
      return nil
    }
    if SignInSession.notes.isOver(since: lastSeenAt, at: moment) {
      _ = try connection.execute(
        "UPDATE sessions SET last_seen_at = \(moment) WHERE id = \(id)")
    }
    return SessionUser(
      user: User(id: userID, username: username, role: role), steppedUpAt: steppedUpAt,
      authenticatedAt: authenticatedAt)
  }

  /// What holds of a session `s` of a user `u` that is not over. By the role of today: who becomes staff
  /// has the sessions of staff.
  ///
  /// What a clock wrote down that was ahead ends no buyer's session, and lengthens no session of staff.
  func alive(at moment: Timestamp) -> SQL {
    let (idle, staffIdle) = (
      moment.adding(seconds: -SignInSession.idleSecondsMax),
      moment.adding(seconds: -SignInSession.staffIdleSecondsMax)
    )
    let lifetime = Schedule(longestPauseSeconds: SignInSession.staffLifetimeSeconds)
    return """
      s.expires_at > \(moment) AND u.disabled_at IS NULL
        AND COALESCE(s.last_seen_at, s.created_at) > IF(u.role = 'user', \(idle), \(staffIdle))
        AND (u.role = 'user' OR NOT \(lifetime.isOver(since: "s.created_at", at: moment)))
      """
  }

  /// Begins a session.
  /// - Parameter device: what the browser is, for its user's list.
  /// - Returns: the token, which only the browser keeps.
  public func beginSession(
    of userID: UserID, device: String = "", on connection: inout Connection
  ) throws(DatabaseError) -> String {
    let (token, moment) = (try newToken(), clock.now())
    _ = try connection.execute(
      """
      INSERT INTO sessions
        (id, user_id, created_at, expires_at, last_seen_at, authenticated_at, device)
      VALUES (\(keyed(token)), \(userID), \(moment),
        \(moment.adding(seconds: SignInSession.lifetimeSeconds)), \(moment), \(moment),
        \(SignInSession.deviceLimit.cut(device)))
      """)
    return token
  }

  private func newToken() throws(DatabaseError) -> String {
    do throws(CryptoError) {
      return Base64.encodeURLSafe(try randomBytes(count: SignInSession.tokenBytes))
    } catch {
      throw DatabaseError.inconsistent("no session could be made: \(error)")
    }
  }

  /// Gives a session whose user has just proved something another token: the old one is worth nothing
  /// any more, wherever it got to.
  ///
  /// - Parameter isStepUp: whether it was a code of the second factor.
  /// - Returns: the new token; nil when the session is over.
  func renewToken(
    of token: String, isStepUp: Bool, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> String? {
    let new = try newToken()
    let stepUp: SQL = isStepUp ? ", stepped_up_at = \(moment)" : ""
    let result = try transaction.execute(
      """
      UPDATE sessions
      SET id = \(keyed(new)), authenticated_at = \(moment), last_seen_at = \(moment) \(stepUp)
      WHERE id = \(keyed(token))
      """)
    return result.affectedRows == 1 ? new : nil
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
