import Audit
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

/// What came of a code.
public enum CodeOutcome: Sendable {
  case accepted
  /// The factor is enrolled now; the codes are shown this once.
  case enrolled(recoveryCodes: [Secret])
  case wrong
  case limited(retryAfterSeconds: Int64)
  case notEnrolled
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

  /// The secret to enrol with: the one that was shown before, until a code of it was seen.
  /// - Returns: nil when the factor is enrolled.
  public func begin(
    _ user: User, on connection: inout Connection
  ) throws(DatabaseError) -> SecondFactorSecret? {
    let secret = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[UInt8]?> in
      if let factor = try lock(user.id, in: &transaction) {
        return .rollback(factor.isConfirmed ? nil : factor.secret)
      }
      let secret = try drawn { () throws(CryptoError) in
        try randomBytes(count: OneTimePassword.secretBytes)
      }
      let sealed = try drawn { () throws(CryptoError) in
        try SealedColumn.secondFactorSecret.seal(
          secret, at: user.id.description, with: keyRing)
      }
      _ = try transaction.execute(
        """
        INSERT INTO second_factors (user_id, secret, created_at)
        VALUES (\(user.id), \(sealed), \(accounts.clock.now()))
        """)
      return .commit(secret)
    }
    return secret.map { secret in
      let text = Base32.encode(secret)
      return SecondFactorSecret(
        text: Secret(text),
        address: Secret(
          "otpauth://totp/\(Self.issuer):\(user.username)?secret=\(text)&issuer=\(Self.issuer)"
            + "&algorithm=SHA1&digits=\(OneTimePassword.digits)"
            + "&period=\(OneTimePassword.stepSeconds)"))
    }
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
    let limits = SignInLimits(desk: accounts, secondFactorOf: user.id, visitor: visitor)
    if let seconds = try limits.take(on: &connection) {
      return .limited(retryAfterSeconds: seconds)
    }
    let moment = accounts.clock.now()
    let outcome = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<CodeOutcome> in
      guard let factor = try lock(user.id, in: &transaction) else {
        return .rollback(.notEnrolled)
      }
      let how = try use(code, factor, user.id, in: &transaction, at: moment)
      guard let how else { return .rollback(.wrong) }
      try accounts.noteStepUp(token: token, in: &transaction, at: moment)
      _ = try OperatorAction(
        actor: user.actor, kind: factor.isConfirmed ? .stepUp : .enrolSecondFactor,
        subject: user.subject, reason: how
      ).record(in: &transaction, at: moment)
      if factor.isConfirmed { return .commit(.accepted) }
      return .commit(
        .enrolled(recoveryCodes: try renew(user.id, in: &transaction, at: moment)))
    }
    if case .wrong = outcome { return outcome }
    try limits.giveBack(isRight: true, on: &connection)
    return outcome
  }

  /// Replaces the recovery codes of an enrolled user; the old ones are worth nothing afterwards.
  public func renewRecoveryCodes(
    of user: User, on connection: inout Connection
  ) throws(DatabaseError) -> [Secret]? {
    let moment = accounts.clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[Secret]?> in
      guard try lock(user.id, in: &transaction)?.isConfirmed == true else { return .rollback(nil) }
      _ = try OperatorAction(
        actor: user.actor, kind: .renewRecoveryCodes, subject: user.subject, reason: "renewed"
      ).record(in: &transaction, at: moment)
      return .commit(try renew(user.id, in: &transaction, at: moment))
    }
  }

  /// Forgets a lost device: the user enrols anew, and every session of the user ends.
  /// - Returns: false when there was no second factor.
  public func reset(
    _ user: User, reason: String, actor: String, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let moment = accounts.clock.now()
    return try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let isFound = try Self.forget(user.id, in: &transaction)
      guard isFound else { return .rollback(false) }
      try AccountDesk.endAllSessions(of: user.id, in: &transaction)
      _ = try OperatorAction(
        actor: actor, kind: .resetSecondFactor, subject: user.subject, reason: reason
      ).record(in: &transaction, at: moment)
      return .commit(true)
    }
  }
}

extension SecondFactorDesk {
  private struct Factor {
    let secret: [UInt8]
    let isConfirmed: Bool
    let lastStep: Int64
  }

  /// - Returns: whether there was a second factor.
  @discardableResult
  static func forget(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
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
      SELECT secret, confirmed_at IS NOT NULL, last_step FROM second_factors
      WHERE user_id = \(userID) FOR UPDATE
      """, as: ([UInt8], Bool, Int64).self)
    guard let (sealed, isConfirmed, lastStep) = row else { return nil }
    let secret = try drawn { () throws(CryptoError) in
      try SealedColumn.secondFactorSecret.open(sealed, at: userID.description, with: keyRing)
    }
    return Factor(secret: secret, isConfirmed: isConfirmed, lastStep: lastStep)
  }

  /// Uses a code up.
  /// - Returns: what it was, for the record; nil when it is wrong or was used before.
  private func use(
    _ code: String, _ factor: Factor, _ userID: UserID, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> String? {
    let plain = code.filter { $0 != " " }
    if let step = OneTimePassword.step(of: plain, factor.secret, at: moment) {
      guard step > factor.lastStep else { return nil }
      _ = try transaction.execute(
        """
        UPDATE second_factors SET last_step = \(step),
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
