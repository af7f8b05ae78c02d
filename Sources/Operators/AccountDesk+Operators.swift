public import Accounts
public import Audit
public import Database
import Payments
public import Vocabulary

/// What operators do about other people's accounts.
extension AccountDesk {
  /// Makes somebody else's account.
  public func create(
    _ username: Username, password: NewPassword, role: UserRole, by operation: Operation,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> RegistrationOutcome {
    try register(
      username, password: password, role: role,
      alongside: { (id, transaction) throws(DatabaseError) in
        try operation.record(
          .createUser, of: Self.subject(id), details: role.rawValue, in: &transaction, at: moment)
      }, on: &connection)
  }

  /// Sets a new password and ends all sessions of the user.
  public func setPassword(
    _ password: NewPassword, of username: Username, by operation: Operation,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> AccountChange {
    try storePassword(
      of: username, to: password,
      alongside: { (id, transaction) throws(DatabaseError) in
        try operation.record(.setPassword, of: Self.subject(id), in: &transaction, at: moment)
      }, on: &connection)
  }

  /// Disables a user and ends all sessions, or enables again. Orders and coins stay as they are. What the user
  /// asked others for ends, since nobody who is disabled may have it.
  public func setDisabled(
    _ isDisabled: Bool, _ username: Username, by operation: Operation,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> AccountChange {
    try storeDisabled(
      isDisabled, of: username,
      alongside: { (id, transaction) throws(DatabaseError) in
        if isDisabled { try Self.endRequests(of: id, operation, in: &transaction, at: moment) }
        try operation.record(
          isDisabled ? .disableUser : .enableUser, of: Self.subject(id), in: &transaction,
          at: moment)
      }, on: &connection)
  }

  /// Sets what a user may do. What the user asked others for ends where the role does not allow it any more.
  public func setRole(
    _ role: UserRole, of username: Username, by operation: Operation,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> AccountChange {
    try storeRole(
      of: username, to: role,
      alongside: { (id, transaction) throws(DatabaseError) in
        if role < .operator {
          try Self.endRequests(of: id, operation, in: &transaction, at: moment)
        }
        try operation.record(
          .setRole, of: Self.subject(id), details: role.rawValue, in: &transaction, at: moment)
      }, on: &connection)
  }

  /// By number: a record is for ever, a name may have to be erased.
  private static func subject(_ id: UserID) -> String { "user:\(id)" }

  private static func endRequests(
    of id: UserID, _ operation: Operation, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    try OpenRequests.reject([.askedBy(id)], by: operation, in: &transaction, at: moment)
  }
}
