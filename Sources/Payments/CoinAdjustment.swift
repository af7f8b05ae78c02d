import Audit
public import Database
import Ledger
public import Vocabulary

/// Coins that an operator gives or takes, without any money.
public struct CoinAdjustment: Sendable {
  public enum Direction: Sendable {
    case grant
    case deduct
  }

  public enum Outcome: Hashable, Sendable {
    case done(balance: Int64)
    /// The same key did it before.
    case repeated
    /// The key stands for another user, amount, direction or action.
    case keyReused
    /// The wallet has fewer coins than are to be taken.
    case tooFew(balance: Int64)
  }

  let userID: UserID
  let direction: Direction
  let coins: Int64
  let action: OperatorAction

  /// Nil unless `coins` is 1…`Limits.coinsMax`.
  public init?(
    userID: UserID, direction: Direction, coins: Int64, reason: String, actor: String, key: String?
  ) {
    guard (1...Limits.coinsMax).contains(coins) else { return nil }
    self.userID = userID
    self.direction = direction
    self.coins = coins
    action = OperatorAction(
      actor: actor, kind: direction == .grant ? .grantCoins : .deductCoins,
      // By number: a record is for ever, a name may have to be erased.
      subject: "user:\(userID)", reason: reason, details: "\(coins) coins", requestKey: key)
  }

  /// Books the coins and records who did it, in one transaction.
  public func book(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Outcome {
    do throws(DatabaseError) {
      return try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<Outcome> in
        let spendable = try Wallet.lockSpendable(of: userID, in: &transaction)
        if direction == .deduct, coins > spendable {
          return .rollback(.tooFew(balance: spendable))
        }
        let number = try action.record(in: &transaction, at: moment)
        let posting = Posting(
          kind: direction == .grant ? .grant : .deduction, reference: "A\(number)",
          userID: userID, coins: coins, orderID: nil, eventID: nil)
        guard let posting else {
          throw DatabaseError.inconsistent("an adjustment is out of bounds")
        }
        try Journal.post([posting], in: &transaction, at: moment)
        let balance = try CoinAccount.of(userID, in: &transaction)?.balance ?? 0
        return .commit(.done(balance: balance))
      }
    } catch {
      guard error.duplicateKeyName == OperatorAction.requestKeyName,
        let key = action.requestKey,
        let known = try OperatorAction.find(requestKey: key, in: &connection)
      else { throw error }
      let isSame =
        known.action == action.kind.rawValue && known.subject == action.subject
        && known.details == action.details
      return isSame ? .repeated : .keyReused
    }
  }
}
