public import Audit
public import Database
public import Ledger
public import Vocabulary

/// An operator's decision whether a user's balance may go below zero when coins are taken back.
public struct NegativeAllowance: Sendable {
  public enum Outcome: Hashable, Sendable {
    case decided(Wallet.AllowanceChange)
    /// Nobody lets an account of their own go below zero.
    case ownAccount
  }

  let userID: UserID
  let isAllowed: Bool
  let action: OperatorAction

  public init(userID: UserID, isAllowed: Bool, by operation: Operation) {
    self.userID = userID
    self.isAllowed = isAllowed
    action = OperatorAction(
      actor: operation.actor, kind: isAllowed ? .allowNegative : .forbidNegative,
      subject: "user:\(userID)", reason: operation.reason)
  }

  /// Changes the wallet and records who did it, in one transaction.
  public func apply(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Outcome {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Outcome> in
      let person = try OperatorPerson.of(action.actor, in: &transaction)
      if isAllowed, person.userID == userID { return .rollback(.ownAccount) }
      let change = try Wallet.allowNegative(
        isAllowed, of: userID, in: &transaction, at: moment)
      guard change == .changed else { return .rollback(.decided(change)) }
      _ = try action.record(in: &transaction, at: moment)
      return .commit(.decided(change))
    }
  }
}
