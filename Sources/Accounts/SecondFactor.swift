public import Audit
public import Crypto
public import Database
import Sealing
public import Vocabulary

/// What a user's second factor has come to.
public enum SecondFactorState: Hashable, Sendable {
  case none
  /// A secret was shown, and no code of it has been seen.
  case begun
  case enrolled(recoveryCodesLeft: Int64)

  public var isEnrolled: Bool { self != .none && self != .begun }
}

/// A secret as an app takes it.
public struct SecondFactorSecret: Sendable {
  public let text: Secret
  /// `otpauth://…`, for a QR code.
  public let address: Secret
}

/// What came of the wish to enrol.
public enum EnrolmentOutcome: Sendable {
  case begun(SecondFactorSecret)
  case enrolled
  /// Only with a code of setup or an administrator.
  case codeNeeded
  case wrongCode
  case limited(retryAfterSeconds: Int64)
}

/// What came of a code. Whoever gave the right one goes on with the session under a new token.
public enum CodeOutcome: Sendable {
  case accepted(token: String)
  /// There are new recovery codes, which are shown this once.
  case codes([Secret], token: String)
  case wrong
  case limited(retryAfterSeconds: Int64)
  case notEnrolled
  /// The session ended meanwhile.
  case over
}

/// The second factor of those who may look behind the counter: one-time passwords and recovery codes.
public struct SecondFactorDesk: Sendable {
  let accounts: AccountDesk
  let keyRing: KeyRing

  /// How long a session lasts after a code, in seconds: a working day.
  public static let validSeconds: Int64 = 8 * 3_600
  private static let issuer = "CoinPay"

  /// - Parameter keyRing: seals the secrets.
  public init(accounts: AccountDesk, keyRing: KeyRing) {
    self.accounts = accounts
    self.keyRing = keyRing
  }

  public func state(
    of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> SecondFactorState {
    let row = try executor.first(
      """
      SELECT f.confirmed_at IS NOT NULL, COUNT(c.hash) FROM second_factors f
      LEFT JOIN recovery_codes c ON c.user_id = f.user_id AND c.used_at IS NULL
      WHERE f.user_id = \(userID) GROUP BY f.user_id
      """, as: (Bool, Int64).self)
    guard let (isConfirmed, codes) = row else { return .none }
    return isConfirmed ? .enrolled(recoveryCodesLeft: codes) : .begun
  }

  /// The secret to enrol with: the one that this session was shown before, until a code of it was seen.
  ///
  /// - Parameters:
  ///   - token: of the session; no other one is shown the secret.
  ///   - code: of setup or an administrator; see `EnrolmentCode`.
  ///   - needsCode: false in development alone.
  public func begin(
    _ user: User, token: String, code: String?, needsCode: Bool, visitor: Visitor,
    on connection: inout Connection
  ) throws(DatabaseError) -> EnrolmentOutcome {
    let limits = SignInLimits(desk: accounts, enrolmentOf: user.id, visitor: visitor)
    if code != nil, let seconds = try limits.take(on: &connection) {
      return .limited(retryAfterSeconds: seconds)
    }
    let outcome = try begin(user, token: token, code: code, needsCode: needsCode, on: &connection)
    guard code != nil else { return outcome }
    switch outcome {
    case .wrongCode: break
    case .begun: try limits.giveBack(isRight: needsCode, on: &connection)
    // No code was looked at, so none was right.
    default: try limits.giveBack(isRight: false, on: &connection)
    }
    return outcome
  }

  private func begin(
    _ user: User, token: String, code: String?, needsCode: Bool, on connection: inout Connection
  ) throws(DatabaseError) -> EnrolmentOutcome {
    let moment = accounts.clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<EnrolmentOutcome> in
      let factor = try lock(user.id, in: &transaction)
      if factor?.isConfirmed == true { return .rollback(.enrolled) }
      if code == nil, let factor, factor.begunBy == accounts.keyed(token) {
        return .rollback(.begun(secret(factor.secret, of: user)))
      }
      if needsCode {
        guard let code else { return .rollback(.codeNeeded) }
        guard try isInvited(user.id, code, in: &transaction, at: moment) else {
          return .rollback(.wrongCode)
        }
      }
      let secret = try drawn { () throws(CryptoError) in
        try randomBytes(count: OneTimePassword.secretBytes)
      }
      try store(secret, of: user.id, begunBy: token, in: &transaction, at: moment)
      return .commit(.begun(self.secret(secret, of: user)))
    }
  }

  private func store(
    _ secret: [UInt8], of userID: UserID, begunBy token: String,
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let sealed = try drawn { () throws(CryptoError) in
      try SealedColumn.secondFactorSecret.seal(secret, at: userID.description, with: keyRing)
    }
    _ = try transaction.execute(
      """
      REPLACE INTO second_factors (user_id, secret, created_at, begun_by)
      VALUES (\(userID), \(sealed), \(moment), \(accounts.keyed(token)))
      """)
  }

  private func secret(_ bytes: [UInt8], of user: User) -> SecondFactorSecret {
    let text = Base32.encode(bytes)
    return SecondFactorSecret(
      text: Secret(text),
      address: Secret(
        "otpauth://totp/\(Self.issuer):\(user.username)?secret=\(text)&issuer=\(Self.issuer)"
          + "&algorithm=SHA1&digits=\(OneTimePassword.digits)"
          + "&period=\(OneTimePassword.stepSeconds)"))
  }

  /// Checks a code of the app or a recovery code and lets the session in. The first code of all
  /// enrols the factor.
  ///
  /// - Parameters:
  ///   - token: of the session.
  ///   - visitor: who gives it; attempts are counted.
  public func verify(
    _ code: String, of user: User, token: String, visitor: Visitor,
    on connection: inout Connection
  ) throws(DatabaseError) -> CodeOutcome {
    try use(code, of: user, token: token, visitor: visitor, renewing: false, on: &connection)
  }

  /// Replaces the recovery codes of an enrolled user; the old ones are worth nothing afterwards.
  /// - Parameter code: of the app, or one of the old recovery codes.
  public func renewRecoveryCodes(
    _ code: String, of user: User, token: String, visitor: Visitor,
    on connection: inout Connection
  ) throws(DatabaseError) -> CodeOutcome {
    try use(code, of: user, token: token, visitor: visitor, renewing: true, on: &connection)
  }

  private func use(
    _ code: String, of user: User, token: String, visitor: Visitor, renewing: Bool,
    on connection: inout Connection
  ) throws(DatabaseError) -> CodeOutcome {
    let limits = SignInLimits(desk: accounts, secondFactorOf: user.id, visitor: visitor)
    if let seconds = try limits.take(on: &connection) {
      return .limited(retryAfterSeconds: seconds)
    }
    let moment = accounts.clock.now()
    let outcome = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<CodeOutcome> in
      guard let factor = try lock(user.id, in: &transaction),
        factor.isConfirmed || (!renewing && factor.begunBy == accounts.keyed(token))
      else { return .rollback(.notEnrolled) }
      let how = try use(code, factor, user.id, in: &transaction, at: moment)
      guard let how else { return .rollback(.wrong) }
      let renewed = try accounts.renewToken(
        of: token, isStepUp: true, in: &transaction, at: moment)
      guard let renewed else { return .rollback(.over) }
      let kind: OperatorAction.Kind =
        factor.isConfirmed ? (renewing ? .renewRecoveryCodes : .stepUp) : .enrolSecondFactor
      _ = try OperatorAction(actor: user.actor, kind: kind, subject: user.subject, reason: how)
        .record(in: &transaction, at: moment)
      if kind == .stepUp { return .commit(.accepted(token: renewed)) }
      try Self.forgetInvitation(user.id, in: &transaction)
      let codes = try renew(user.id, in: &transaction, at: moment)
      return .commit(.codes(codes, token: renewed))
    }
    switch outcome {
    case .wrong: break
    case .accepted, .codes: try limits.giveBack(isRight: true, on: &connection)
    // Nothing was proved: what failed before still counts.
    case .notEnrolled, .over, .limited: try limits.giveBack(isRight: false, on: &connection)
    }
    return outcome
  }

  /// Forgets a lost device: the user enrols anew, and every session of the user ends.
  /// - Returns: false when there was no second factor.
  public func reset(
    _ user: User, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let moment = accounts.clock.now()
    return try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let isFound = try Self.forget(user.id, in: &transaction)
      guard isFound else { return .rollback(false) }
      try AccountDesk.endAllSessions(of: user.id, in: &transaction)
      try operation.record(.resetSecondFactor, of: user.subject, in: &transaction, at: moment)
      return .commit(true)
    }
  }
}

extension SecondFactorDesk {
  private struct Factor {
    let secret: [UInt8]
    let isConfirmed: Bool
    let lastStep: Int64
    /// The session that the secret was shown to.
    let begunBy: [UInt8]?
    /// By how many steps the clock of the device is ahead.
    let drift: Int64
  }

  /// - Returns: whether there was a second factor.
  @discardableResult
  static func forget(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    try forgetInvitation(userID, in: &transaction)
    _ = try transaction.execute("DELETE FROM recovery_codes WHERE user_id = \(userID)")
    let result = try transaction.execute("DELETE FROM second_factors WHERE user_id = \(userID)")
    return result.affectedRows == 1
  }

  private func drawn<R>(_ body: () throws(CryptoError) -> R) throws(DatabaseError) -> R {
    do throws(CryptoError) {
      return try body()
    } catch {
      throw DatabaseError.inconsistent("a second factor's secret could not be handled: \(error)")
    }
  }

  private func lock(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Factor? {
    let row = try transaction.first(
      """
      SELECT secret, confirmed_at IS NOT NULL, last_step, begun_by, drift FROM second_factors
      WHERE user_id = \(userID) FOR UPDATE
      """, as: ([UInt8], Bool, Int64, [UInt8]?, Int64).self)
    guard let (sealed, isConfirmed, lastStep, begunBy, drift) = row else { return nil }
    let secret = try drawn { () throws(CryptoError) in
      try SealedColumn.secondFactorSecret.open(sealed, at: userID.description, with: keyRing)
    }
    return Factor(
      secret: secret, isConfirmed: isConfirmed, lastStep: lastStep, begunBy: begunBy, drift: drift)
  }

  /// Uses a code up.
  /// - Returns: what it was, for the record; nil when it is wrong or was used before.
  private func use(
    _ code: String, _ factor: Factor, _ userID: UserID, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> String? {
    let plain = code.filter { $0 != " " }
    let drifts = factor.isConfirmed ? factor.drift...factor.drift : OneTimePassword.drifts
    let drift = OneTimePassword.drift(of: plain, factor.secret, at: moment, among: drifts)
    if let drift {
      let step = OneTimePassword.step(at: moment) + drift
      guard step > factor.lastStep || OneTimePassword.isAhead(factor.lastStep, at: moment) else {
        return nil
      }
      _ = try transaction.execute(
        """
        UPDATE second_factors SET last_step = \(step), drift = \(drift), begun_by = NULL,
          confirmed_at = COALESCE(confirmed_at, \(moment)) WHERE user_id = \(userID)
        """)
      return "one-time password"
    }
    guard factor.isConfirmed else { return nil }
    let result = try transaction.execute(
      """
      UPDATE recovery_codes SET used_at = \(moment)
      WHERE user_id = \(userID) AND hash = \(RecoveryCode.hash(code, of: userID))
        AND used_at IS NULL
      """)
    return result.affectedRows == 1 ? "recovery code" : nil
  }

  private func renew(
    _ userID: UserID, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> [Secret] {
    _ = try transaction.execute("DELETE FROM recovery_codes WHERE user_id = \(userID)")
    var codes: [Secret] = []
    for _ in 0..<RecoveryCode.count {
      let code = try drawn { () throws(CryptoError) in try RecoveryCode.random() }
      _ = try transaction.execute(
        """
        INSERT INTO recovery_codes (user_id, hash, created_at)
        VALUES (\(userID), \(RecoveryCode.hash(code.text, of: userID)), \(moment))
        """)
      codes.append(Secret(code.text))
    }
    return codes
  }
}
