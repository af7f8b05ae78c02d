public import Database
public import Vocabulary

/// The name that a user bears after the personal fields were erased.
public enum Pseudonym {
  /// Nobody registers under a name that begins so.
  static let prefix = "erased-"

  public static func name(of userID: UserID) -> String { "\(prefix)\(userID)" }
}

extension AccountDesk {
  /// Keeps a user from acting: no sign-in, no session. The first step of an erasure.
  public func shutOut(
    _ userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE users SET disabled_at = COALESCE(disabled_at, \(clock.now())) WHERE id = \(userID)
      """)
    try AccountDesk.endAllSessions(of: userID, in: &transaction)
    try SecondFactorDesk.forget(userID, in: &transaction)
  }

  /// Decides that a user is erased: from now on no money that comes is credited to them. Settlements
  /// that began before have ended when this has.
  public func beginErasure(
    of userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    try shutOut(userID, in: &transaction)
    _ = try transaction.execute(
      """
      UPDATE users SET erased_at = COALESCE(erased_at, \(clock.now())) WHERE id = \(userID)
      """)
  }

  /// Replaces a user's name by a pseudonym and forgets password, e-mail address and second factor.
  /// Failed sign-ins are counted under keyed hashes only, and forgotten within the hour.
  /// The number stays, and with it whatever the books say about it.
  public func pseudonymise(
    _ user: User, in transaction: inout Transaction
  ) throws(DatabaseError) {
    try shutOut(user.id, in: &transaction)
    let moment = clock.now()
    _ = try transaction.execute(
      """
      UPDATE users SET username = \(Pseudonym.name(of: user.id)), password_hash = NULL,
        email = NULL, role = 'user', erased_at = COALESCE(erased_at, \(moment)),
        updated_at = \(moment)
      WHERE id = \(user.id)
      """)
    _ = try transaction.execute("DELETE FROM recovery_codes WHERE user_id = \(user.id)")
    _ = try transaction.execute("DELETE FROM second_factors WHERE user_id = \(user.id)")
  }
}
