import Crypto
public import Database
public import Vocabulary

/// One of a user's sessions, as its user sees it.
public struct OwnSession: Sendable {
  /// Names it among its user's, and is worth nothing to anybody else.
  public let name: String
  public let device: String
  public let createdAt: Timestamp
  public let lastSeenAt: Timestamp
  public let isCurrent: Bool

  static let nameBytes = 8
}

extension AccountDesk {
  /// The sessions of a user that are not over, the one used last first.
  /// - Parameter token: of the session that asks.
  public func sessions(
    of userID: UserID, token: String, on connection: inout Connection
  ) throws(DatabaseError) -> [OwnSession] {
    let current = keyed(token)
    let rows = try connection.all(
      """
      SELECT s.id, s.device, s.created_at, COALESCE(s.last_seen_at, s.created_at)
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.user_id = \(userID) AND \(alive(at: clock.now()))
      ORDER BY 4 DESC LIMIT \(SignInSession.listedMax)
      """, as: ([UInt8], String, Timestamp, Timestamp).self)
    return rows.map { id, device, createdAt, lastSeenAt in
      OwnSession(
        name: Hex.encode(Array(id.prefix(OwnSession.nameBytes))), device: device,
        createdAt: createdAt, lastSeenAt: lastSeenAt, isCurrent: id == current)
    }
  }

  /// Ends one of a user's sessions.
  /// - Returns: false when the user has none of that name.
  public func endSession(
    named name: String, of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    guard let start = Hex.decode(name), start.count == OwnSession.nameBytes else { return false }
    let result = try connection.execute(
      """
      DELETE FROM sessions WHERE user_id = \(userID) AND LEFT(id, \(start.count)) = \(start)
      """)
    return result.affectedRows > 0
  }
}

/// What came of giving the password again.
public enum ProofOutcome: Sendable {
  /// The session goes on under a new token.
  case proved(token: String)
  case wrongPassword
  case limited(retryAfterSeconds: Int64)
  case busy
  /// The session ended meanwhile.
  case over
}

extension AccountDesk {
  /// Lets the user of a session prove by the password that it is still the same person.
  public func prove(
    _ user: User, password: Secret, token: String, visitor: Visitor,
    on connection: inout Connection
  ) throws(DatabaseError) -> ProofOutcome {
    switch try authenticateAgain(user, password: password, visitor: visitor, on: &connection) {
    case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
    case .busy: return .busy
    case .wrongCredentials, .disabled: return .wrongPassword
    case .known: break
    }
    let moment = clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<ProofOutcome> in
      let new = try renewToken(of: token, isStepUp: false, in: &transaction, at: moment)
      return new.map { .commit(.proved(token: $0)) } ?? .rollback(.over)
    }
  }
}
