public import Audit
import Crypto
public import Database
public import Vocabulary

/// Lets somebody enrol a second factor: a password alone must not, or a thief who knows it would enrol a
/// telephone of his own. Setup and administrators give it, on a way that the password did not take.
public enum EnrolmentCode {
  public static let lifetimeSeconds: Int64 = 24 * 3_600

  static func hash(_ text: String, of userID: UserID) -> [UInt8] {
    RecoveryCode.hash("enrolment|\(text)", of: userID)
  }
}

extension SecondFactorDesk {
  /// Makes a code with which a user enrols a second factor once; an earlier one is worth nothing any more.
  /// - Returns: nil when the user is erased.
  public func invite(
    _ user: User, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> Secret? {
    let code: RecoveryCode
    do throws(CryptoError) {
      code = try RecoveryCode.random()
    } catch {
      throw DatabaseError.inconsistent("no enrolment code could be made: \(error)")
    }
    let moment = accounts.clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Secret?> in
      if try User.lockIsErased(user.id, in: &transaction) { return .rollback(nil) }
      _ = try transaction.execute(
        """
        REPLACE INTO enrolment_codes (user_id, hash, created_at, expires_at)
        VALUES (\(user.id), \(EnrolmentCode.hash(code.text, of: user.id)), \(moment),
          \(moment.adding(seconds: EnrolmentCode.lifetimeSeconds)))
        """)
      try operation.record(.inviteSecondFactor, of: user.subject, in: &transaction, at: moment)
      return .commit(Secret(code.text))
    }
  }

  func isInvited(
    _ userID: UserID, _ code: String, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    let validity = Schedule(longestPauseSeconds: EnrolmentCode.lifetimeSeconds)
    let hash = try transaction.first(
      """
      SELECT hash FROM enrolment_codes
      WHERE user_id = \(userID) AND NOT \(validity.isDue("expires_at", at: moment)) FOR UPDATE
      """, as: [UInt8].self)
    return hash.map { constantTimeEqual($0, EnrolmentCode.hash(code, of: userID)) } ?? false
  }

  static func forgetInvitation(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute("DELETE FROM enrolment_codes WHERE user_id = \(userID)")
  }
}
