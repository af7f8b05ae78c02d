public import Audit
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
    /// A second person has to agree.
    case waiting(OperatorRequest)
    /// As many of the operator's wishes wait for a second person as may.
    case tooManyWaiting
    /// The same key did it before.
    case repeated
    /// The key stands for another user, amount, direction or action.
    case keyReused
    /// The user's personal data are erased: nobody is behind the wallet any more.
    case erased
    /// The wallet has fewer coins than are to be taken.
    case tooFew(balance: Int64)
  }

  let userID: UserID
  let direction: Direction
  let coins: Int64
  let action: OperatorAction

  /// Nil unless `coins` is 1…`Limits.coinsMax`.
  public init?(
    userID: UserID, direction: Direction, coins: Int64, by operation: Operation, key: String?
  ) {
    guard (1...Limits.coinsMax).contains(coins) else { return nil }
    self.userID = userID
    self.direction = direction
    self.coins = coins
    action = OperatorAction(
      actor: operation.actor, kind: direction == .grant ? .grantCoins : .deductCoins,
      // By number: a record is for ever, a name may have to be erased.
      subject: "user:\(userID)", reason: operation.reason, details: "\(coins) coins",
      requestKey: key)
  }

  /// Books the coins and records who did it, in one transaction; or records that a second person has
  /// to agree.
  ///
  /// - Parameter rule: nil where nobody's word is limited.
  public func book(
    under rule: OperatorRule? = nil, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Outcome {
    try RequestKey.once(on: &connection) { (connection) throws(DatabaseError) in
      try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<Outcome> in
        if let earlier = try earlier(in: &transaction) { return .rollback(earlier) }
        if try isErased(in: &transaction) { return .rollback(.erased) }
        switch try secondPerson(under: rule, in: &transaction, at: moment) {
        case .notNeeded: break
        case .asked(let request): return .commit(.waiting(request))
        case .tooManyAsked: return .rollback(.tooManyWaiting)
        }
        let outcome = try apply(in: &transaction, at: moment)
        if case .done = outcome { return .commit(outcome) }
        return .rollback(outcome)
      }
    }
  }

  /// What the same key did or asked for before.
  private func earlier(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Outcome? {
    guard let key = action.requestKey, let deed = try KeyedDeed.find(key, in: &transaction) else {
      return nil
    }
    switch deed {
    case .action(let known):
      let isSame =
        known.action == action.kind.rawValue && known.subject == action.subject
        && known.details == action.details && known.reason == action.reason
      return isSame ? .repeated : .keyReused
    case .request(let request):
      let isSame =
        request.deed == self.deed && request.userID == userID && request.coins == coins
        && request.reason == action.reason && request.status == .open
      return isSame ? .waiting(request) : .keyReused
    case .refund, .confirmation: return .keyReused
    }
  }

  private var deed: OperatorRequest.Deed { direction == .grant ? .grant : .deduct }

  private func secondPerson(
    under rule: OperatorRule?, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> SecondPerson {
    guard let rule else { return .notNeeded }
    // Before the day, as a refund does.
    _ = try Wallet.lockSpendable(of: userID, in: &transaction)
    let person = try OperatorPerson.of(action.actor, in: &transaction)
    let isAdmitted = try rule.admits(
      person, for: userID, coins: coins, at: moment, in: &transaction)
    guard !isAdmitted else { return .notNeeded }
    return SecondPerson(
      try OperatorRequest.record(
        deed, for: userID, coins: coins, reason: action.reason, actor: action.actor,
        key: action.requestKey, in: &transaction, at: moment))
  }

  /// Whoever is not erased is not before the transaction has ended.
  private func isErased(in transaction: inout Transaction) throws(DatabaseError) -> Bool {
    try transaction.first(
      "SELECT erased_at IS NOT NULL FROM users WHERE id = \(userID) LOCK IN SHARE MODE",
      as: Bool.self) ?? false
  }

  func apply(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Outcome {
    if try isErased(in: &transaction) { return .erased }
    let spendable = try Wallet.lockSpendable(of: userID, in: &transaction)
    if direction == .deduct, coins > spendable { return .tooFew(balance: spendable) }
    let number = try action.record(in: &transaction, at: moment)
    let posting = Posting(
      kind: direction == .grant ? .grant : .deduction, reference: "A\(number)",
      userID: userID, coins: coins, orderID: nil, eventID: nil)
    guard let posting else {
      throw DatabaseError.inconsistent("an adjustment is out of bounds")
    }
    try Journal.post([posting], in: &transaction, at: moment)
    let balance = try CoinAccount.of(userID, in: &transaction)?.balance ?? 0
    return .done(balance: balance)
  }
}
