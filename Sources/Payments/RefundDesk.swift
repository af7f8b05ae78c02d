public import Audit
import Controls
public import Database
import Ledger
import Orders
import Provider
public import Vocabulary

/// A wish to give money of an order back.
public struct RefundWish: Sendable {
  public let orderNumber: OrderNumber
  /// Nil for all that is left.
  public let amount: Money?
  /// Whether all that is left is wished for: a wish for that amount is another one.
  var isForAll: Bool
  public let reason: String
  /// `operator:17`
  public let actor: String
  public let rule: RefundRule
  /// Asking twice with the same key is asking once.
  public let key: String?

  /// Nil when the key is empty or too long.
  public init?(
    orderNumber: OrderNumber, amount: Money?, by operation: Operation, rule: RefundRule,
    key: String?
  ) {
    guard key.map({ RequestKey.isValid($0) }) ?? true else { return nil }
    self.orderNumber = orderNumber
    self.amount = amount
    isForAll = amount == nil
    reason = operation.reason
    actor = operation.actor
    self.rule = rule
    self.key = key
  }
}

/// What came of a wish to refund, in order of precedence.
public enum RefundAnswer: Hashable, Sendable {
  /// Operators have stopped settlement: no coins are taken.
  case stopped
  /// Recorded, its coins taken; the provider is asked next.
  case requested(Refund)
  /// A second person has to agree; nothing has happened.
  case waiting(OperatorRequest)
  /// As many of the operator's wishes wait for a second person as may.
  case tooManyWaiting
  /// The same key was used before for this refund.
  case repeated(Refund)
  /// The key stands for another refund.
  case keyReused
  case orderNotFound
  case notPaid(OrderStatus)
  /// Nobody could carry it out.
  case impossible(RefundObstacle)
  /// The bank gives the buyer the money back, or decides whether to: a refund would pay it twice.
  case disputed
  case otherCurrency(Currency)
  /// More than what is left of the payment.
  case tooMuch(left: Money)
  /// Providers do not give back amounts as fine as this one.
  case tooFine(PriceProblem)
  /// The wallet does not have the coins that would have to come back.
  case coinsSpent(needed: Int64, available: Int64)
}

/// Takes refunds on. Coins leave the wallet in the same transaction, so that they cannot be spent
/// while the money is on its way back.
public struct RefundDesk: Sendable {
  let registry: ProviderRegistry
  let clock: WallClock
  let rule: OperatorRule?

  /// - Parameter rule: nil where nobody's word is limited.
  public init(registry: ProviderRegistry, clock: WallClock, rule: OperatorRule? = nil) {
    self.registry = registry
    self.clock = clock
    self.rule = rule
  }

  public func request(
    _ wish: RefundWish, on connection: inout Connection
  ) throws(DatabaseError) -> RefundAnswer {
    registry.learnAccounts()
    let moment = clock.now()
    return try RequestKey.once(on: &connection) { (connection) throws(DatabaseError) in
      try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<RefundAnswer> in
        let answer = try take(wish, isApproved: false, at: moment, in: &transaction)
        switch answer {
        case .requested, .waiting: return .commit(answer)
        default: return .rollback(answer)
        }
      }
    }
  }

  func take(
    _ wish: RefundWish, isApproved: Bool, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> RefundAnswer {
    if try Controls.settlementIsStopped(in: &transaction) { return .stopped }
    guard let order = try CoinOrder.lock(wish.orderNumber, in: &transaction) else {
      return .orderNotFound
    }
    let payments = try Payment.lock(of: [order.id], in: &transaction)
    if let earlier = try earlier(wish, payments, isApproved: isApproved, in: &transaction) {
      return earlier
    }
    guard let payment = payments.first(where: { $0.facts.status == .succeeded }) else {
      return .notPaid(order.status(at: moment))
    }
    if let obstacle = registry.refundObstacle(of: payment.facts) { return .impossible(obstacle) }
    guard order.storedStatus != .disputed else { return .disputed }
    return try take(
      wish, order, payment, isApproved: isApproved, at: moment, in: &transaction)
  }

  /// What the same key did or asked for before.
  private func earlier(
    _ wish: RefundWish, _ payments: [Payment], isApproved: Bool, in transaction: inout Transaction
  ) throws(DatabaseError) -> RefundAnswer? {
    guard let key = wish.key, let deed = try KeyedDeed.find(key, in: &transaction) else {
      return nil
    }
    switch deed {
    case .refund(let refund, let action):
      let isSame =
        payments.contains { $0.id == refund.paymentID } && wish.reason == refund.reason
        && wish.isForAll == (action?.details.contains(RefundDesk.allWords) ?? false)
        && (wish.amount ?? refund.amount) == refund.amount
        && (refund.coinRule ?? wish.rule) == wish.rule
      return isSame ? .repeated(refund) : .keyReused
    // The request that is being approved.
    case .request where isApproved: return nil
    case .request(let request): return isOpen(request, for: wish) ? .waiting(request) : .keyReused
    case .confirmation, .action: return .keyReused
    }
  }

  /// In the audit log, where no amount was said.
  private static let allWords = ", all that was left"

  private func isOpen(_ request: OperatorRequest, for wish: RefundWish) -> Bool {
    guard case .refund(let number, let amount, let rule, let isForAll) = request.deed else {
      return false
    }
    return request.status == .open && number == wish.orderNumber && rule == wish.rule
      && isForAll == wish.isForAll && (wish.amount ?? amount) == amount
      && request.reason == wish.reason
  }

  private func take(
    _ wish: RefundWish, _ order: CoinOrder, _ payment: Payment, isApproved: Bool,
    at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> RefundAnswer {
    let book = try ClaimBook.lock(order, payment, in: &transaction)
    let paid = payment.facts.amount
    let before = book.refunds.filter { $0.status != .failed }.reduce(Int64(0)) {
      $0 + $1.amount.minorUnits
    }
    guard let left = Money(minorUnits: max(0, paid.minorUnits - before), currency: paid.currency)
    else { throw DatabaseError.inconsistent("payment \(payment.id) has refunds beyond bounds") }
    let amount = wish.amount ?? left
    guard amount.currency == paid.currency else { return .otherCurrency(paid.currency) }
    guard amount.minorUnits > 0, amount.minorUnits <= left.minorUnits else {
      return .tooMuch(left: left)
    }
    if amount != left, let problem = amount.stepProblem { return .tooFine(problem) }
    let new = NewRefund(
      payment: payment, outRequestNo: Refund.nextNumber(of: payment, after: book.refunds),
      providerRefundID: nil, amount: amount, status: .requested, coinRule: wish.rule,
      reason: wish.reason, actor: wish.actor, requestKey: wish.key)
    var claims = book.claims
    claims.put(new.claim)
    let needed = claims.wanted(by: new.claim.name).total
    let spendable = try Wallet.lockSpendable(
      of: order.userID, downToZero: wish.rule == .takeBackToZero, in: &transaction)
    if wish.rule == .takeBack, needed > spendable {
      return .coinsSpent(needed: needed, available: spendable)
    }
    let missing = claims.begin(new.claim.name, available: spendable)
    if !isApproved {
      let left = book.coinsOf(new) - (needed - missing)
      let second = try secondPerson(
        wish, amount, of: order, leaving: max(0, left), at: moment, in: &transaction)
      switch second {
      case .notNeeded: break
      case .asked(let request): return .waiting(request)
      case .tooManyAsked: return .tooManyWaiting
      }
    }
    return .requested(
      try write(new, claims, book, wish, missing: missing, at: moment, in: &transaction))
  }

  private func secondPerson(
    _ wish: RefundWish, _ amount: Money, of order: CoinOrder, leaving coins: Int64,
    at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> SecondPerson {
    guard let rule else { return .notNeeded }
    let person = try OperatorPerson.of(wish.actor, in: &transaction)
    let isAdmitted = try rule.admits(
      person, for: order.userID, coins: coins, at: moment, in: &transaction)
    guard !isAdmitted else { return .notNeeded }
    return SecondPerson(
      try OperatorRequest.record(
        .refund(order.number, amount, wish.rule, isForAll: wish.isForAll), for: order.userID,
        coins: coins, reason: wish.reason, actor: wish.actor, key: wish.key, in: &transaction,
        at: moment))
  }

  private func write(
    _ new: NewRefund, _ claims: CoinClaims, _ book: ClaimBook, _ wish: RefundWish,
    missing: Int64, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> Refund {
    let order = book.order
    try new.insert(in: &transaction, at: moment)
    try order.followRefunds(
      of: new.payment, actor: wish.actor, eventID: nil, in: &transaction, at: moment)
    try book.write(claims, since: book.claims, eventID: nil, in: &transaction, at: moment)
    let all = wish.isForAll ? RefundDesk.allWords : ""
    let shortfall = missing > 0 ? ", \(missing) coins were spent already" : ""
    _ = try OperatorAction(
      actor: wish.actor, kind: .refund, subject: wish.orderNumber.text, reason: wish.reason,
      details: "\(new.amount)\(all) as \(new.outRequestNo), \(wish.rule.rawValue)\(shortfall)",
      requestKey: wish.key
    ).record(in: &transaction, at: moment)
    guard
      let refund = try Refund.find(
        outRequestNo: new.outRequestNo, of: new.payment.id, in: &transaction)
    else { throw DatabaseError.inconsistent("refund \(new.outRequestNo) was not written") }
    return refund
  }
}
