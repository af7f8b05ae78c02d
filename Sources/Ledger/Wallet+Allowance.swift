public import Database
public import Vocabulary

extension Wallet {
  /// What came of a wish to let a wallet go below zero, or not any more.
  public enum AllowanceChange: Hashable, Sendable {
    case changed
    case asBefore
    /// It is below zero now, and has to stay allowed until it is not.
    case isBelowZero(balance: Int64)
  }

  /// Decides whether a user's balance may go below zero when coins are taken back.
  public static func allowNegative(
    _ isAllowed: Bool, of userID: UserID, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> AllowanceChange {
    let row = try transaction.first(
      "SELECT balance, may_go_negative FROM wallets WHERE user_id = \(userID) FOR UPDATE",
      as: (Int64, Bool).self)
    guard let (balance, wasAllowed) = row else {
      throw DatabaseError.inconsistent("user \(userID) has no wallet")
    }
    guard isAllowed != wasAllowed else { return .asBefore }
    guard isAllowed || balance >= 0 else { return .isBelowZero(balance: balance) }
    _ = try transaction.execute(
      """
      UPDATE wallets SET may_go_negative = \(isAllowed), updated_at = \(moment)
      WHERE user_id = \(userID)
      """)
    return .changed
  }
}
