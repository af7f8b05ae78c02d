import Crypto
public import Database
public import Vocabulary

/// What came of an attempt to sign in.
public enum SignInOutcome: Sendable {
  case signedIn(User, token: String)
  /// No such user, or another password; which of the two is nobody's business.
  case wrongCredentials
  case disabled
  /// Too many failures; see `SignInLimits`.
  case limited(retryAfterSeconds: Int64)
  /// Too many passwords are being looked at.
  case busy
}

extension AccountDesk {
  /// Signs in and begins a session.
  /// - Parameter device: what the browser is, for the list of the user's sessions.
  public func signIn(
    username: String, password: Secret, visitor: Visitor, device: String = "",
    on connection: inout Connection
  ) throws(DatabaseError) -> SignInOutcome {
    switch try authenticate(
      username: username, password: password, visitor: visitor, on: &connection)
    {
    case .wrongCredentials: return .wrongCredentials
    case .disabled: return .disabled
    case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
    case .busy: return .busy
    case .known(let user):
      let token = try beginSession(of: user.id, device: device, on: &connection)
      return .signedIn(user, token: token)
    }
  }

  enum Authentication {
    case known(User)
    case wrongCredentials
    case disabled
    case limited(retryAfterSeconds: Int64)
    case busy
  }

  /// Finds out whether somebody knows a user's password; attempts are counted.
  func authenticate(
    username: String, password: Secret, visitor: Visitor, on connection: inout Connection
  ) throws(DatabaseError) -> Authentication {
    let name = Username(username)
    let found = try name.flatMap { (name) throws(DatabaseError) in
      try credentials(of: name, on: &connection)
    }
    let isKnownDevice = found.map { genuine(visitor.deviceMark, of: $0.user.id) != nil } ?? false
    let limits = SignInLimits(
      desk: self, username: username.lowercased(), userID: found?.user.id, visitor: visitor)
    if let seconds = try limits.take(on: &connection) {
      return .limited(retryAfterSeconds: seconds)
    }
    // Last, so that what is refused already keeps nobody else out.
    if !isKnownDevice, let seconds = signInTide.take(at: clock.now()) {
      try limits.giveBack(isRight: false, on: &connection)
      return .limited(retryAfterSeconds: seconds)
    }
    let stored = found?.passwordHash.flatMap { PasswordHash(parsing: $0) }
    let answer = passwordWork.run(
      isWanted: { !visitor.isGone() }, { (stored ?? decoyHash).verify(password) })
    if let answer, !answer || stored == nil { return .wrongCredentials }
    if !isKnownDevice { signInTide.giveBack() }
    try limits.giveBack(isRight: answer != nil, on: &connection)
    guard answer != nil else { return .busy }
    guard let found, !found.isDisabled else { return .disabled }
    if let stored, stored.needsRehash {
      try rehash(found.user.id, password, from: stored, on: &connection)
    }
    return .known(found.user)
  }

  /// Finds out whether the user of a session still knows the password; right answers are counted too.
  func authenticateAgain(
    _ user: User, password: Secret, visitor: Visitor, on connection: inout Connection
  ) throws(DatabaseError) -> Authentication {
    let proofs = SignInLimits(desk: self, proofsOf: user.id, visitor: visitor)
    if let seconds = try proofs.take(on: &connection) {
      return .limited(retryAfterSeconds: seconds)
    }
    return try authenticate(
      username: user.username, password: password, visitor: visitor, on: &connection)
  }

  private struct Credentials {
    let user: User
    let passwordHash: String?
    let isDisabled: Bool
  }

  private func credentials(
    of username: Username, on connection: inout Connection
  ) throws(DatabaseError) -> Credentials? {
    let row = try connection.first(
      """
      SELECT id, username, role, password_hash, disabled_at IS NOT NULL FROM users
      WHERE username = \(username.text)
      """, as: (UserID, String, UserRole, String?, Bool).self)
    return row.map { id, username, role, hash, isDisabled in
      Credentials(
        user: User(id: id, username: username, role: role), passwordHash: hash,
        isDisabled: isDisabled)
    }
  }

  /// Raises a hash of old parameters to today's, now that the password is at hand; one that was
  /// replaced or erased meanwhile stays as it is.
  private func rehash(
    _ userID: UserID, _ password: Secret, from old: PasswordHash, on connection: inout Connection
  ) throws(DatabaseError) {
    guard let hash = passwordWork.run({ try? PasswordHash(password: password) }) ?? nil else {
      return
    }
    _ = try connection.execute(
      """
      UPDATE users SET password_hash = \(hash.text), updated_at = \(clock.now())
      WHERE id = \(userID) AND password_hash = \(old.text)
      """)
  }
}
