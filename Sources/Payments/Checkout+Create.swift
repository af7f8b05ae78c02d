import Controls
public import Database
public import Orders
import Provider
public import Vocabulary

/// A user's wish to buy a package.
public struct PurchaseRequest: Sendable {
  public let buyer: Buyer
  public let packageID: PackageID
  public let method: PaymentMethod
  public let idempotency: NewCoinOrder.Idempotency?

  public init(
    buyer: Buyer, packageID: PackageID, method: PaymentMethod,
    idempotency: NewCoinOrder.Idempotency?
  ) {
    self.buyer = buyer
    self.packageID = packageID
    self.method = method
    self.idempotency = idempotency
  }

  var userID: UserID { buyer.userID }
}

extension Checkout {
  /// Makes an order and its first payment. The same idempotency key and request give the same order.
  public func create(
    _ purchase: PurchaseRequest, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    if let key = purchase.idempotency,
      let outcome = try repeated(key, purchase, on: &connection)
    {
      return outcome
    }
    let offer: Offer
    switch try self.offer(for: purchase, on: &connection) {
    case .success(let found): offer = found
    case .failure(let refusal): return refused(refusal.outcome, purchase)
    }
    for _ in 1...Checkout.orderNumberAttemptsMax {
      do throws(DatabaseError) {
        let new = newOrder(purchase, offer.package, offer.amount)
        switch try insert(new, offer.provider, purchase, on: &connection) {
        case .limitReached(let limit): return refused(.limitReached(limit), purchase)
        case .inserted(let order, let payment):
          PaymentMeters.orderMade(purchase.method)
          log.made(order)
          return try begin(
            payment, of: order, at: offer.provider, details(offer.package, purchase.buyer),
            on: &connection)
        }
      } catch {
        guard error.kind == .duplicateKey else { throw error }
        if error.duplicateKeyName == NewCoinOrder.numberKeyName { continue }
        guard error.duplicateKeyName == NewCoinOrder.idempotencyKeyName,
          let key = purchase.idempotency,
          let outcome = try repeated(key, purchase, on: &connection)
        else { throw error }
        return outcome
      }
    }
    throw DatabaseError.inconsistent("no free order number was found")
  }

  /// What a purchase would be of.
  private struct Offer {
    let provider: any PaymentProvider
    let package: CoinPackage
    let amount: Money
  }

  private struct Refusal: Error {
    let outcome: CheckoutOutcome
  }

  private func refused(
    _ outcome: CheckoutOutcome, _ purchase: PurchaseRequest
  ) -> CheckoutOutcome {
    log.refused(outcome, purchase.method, purchase.userID)
    return outcome
  }

  private func offer(
    for purchase: PurchaseRequest, on connection: inout Connection
  ) throws(DatabaseError) -> Result<Offer, Refusal> {
    func refuse(_ outcome: CheckoutOutcome) -> Result<Offer, Refusal> {
      .failure(Refusal(outcome: outcome))
    }
    guard controls.current.mode(at: clock.now()) == .open else { return refuse(.ordersPaused) }
    guard let provider = registry[purchase.method] else { return refuse(.methodNotOffered) }
    guard let package = try CoinPackage.onSale(purchase.packageID, in: &connection) else {
      return refuse(.packageNotFound)
    }
    guard let amount = package.price(in: provider.currency) else {
      return refuse(.notPricedForMethod)
    }
    guard takesPayments(provider) else { return refuse(.methodUnavailable) }
    provider.learnAccount()
    return .success(Offer(provider: provider, package: package, amount: amount))
  }

  private func newOrder(
    _ purchase: PurchaseRequest, _ package: CoinPackage, _ amount: Money
  ) -> NewCoinOrder {
    let moment = clock.now()
    return NewCoinOrder(
      number: newOrderNumber(zone.calendar(moment)),
      userID: purchase.userID, package: package, amount: amount, paymentMethod: purchase.method,
      idempotency: purchase.idempotency, createdAt: moment,
      expiresAt: moment.adding(seconds: orderTTLSeconds))
  }

  private enum Insertion {
    case inserted(CoinOrder, Payment)
    case limitReached(PurchaseLimit)
  }

  /// The limit that the new order would break. A repeated request is none, whatever the limits say.
  private func limit(
    _ new: NewCoinOrder, in transaction: inout Transaction
  ) throws(DatabaseError) -> PurchaseLimit? {
    let moment = clock.now()
    let day = zone.day(of: moment)
    let recent = try RecentOrders.locked(
      of: new.userID, currency: new.amount.currency, dayStart: day.start, at: moment,
      in: &transaction)
    if let key = new.idempotency?.key,
      try CoinOrder.find(idempotencyKey: key, of: new.userID, in: &transaction) != nil
    {
      return nil
    }
    return limits.broken(
      by: new.amount, new.paymentMethod, recent, untilSeconds: day.secondsLeft(at: moment))
  }

  private func insert(
    _ new: NewCoinOrder, _ provider: any PaymentProvider, _ purchase: PurchaseRequest,
    on connection: inout Connection
  ) throws(DatabaseError) -> Insertion {
    try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Insertion> in
      if let limit = try limit(new, in: &transaction) { return .rollback(.limitReached(limit)) }
      let order = try new.insert(in: &transaction)
      let payment = try insertPayment(
        NewPayment(order: order, attempt: 1, provider: provider, amount: new.amount),
        details(new.package, purchase.buyer), actor: "user:\(new.userID)",
        earlier: [
          Transition(
            orderID: order.id, change: .order(from: nil, to: .pending),
            actor: "user:\(new.userID)", cause: TransitionCause.created.rawValue)
        ], in: &transaction)
      return .commit(.inserted(order, payment))
    }
  }

  /// What an earlier request with the same key came to; nil when there was none. The order is what it
  /// was, whether or not its package and method are still offered.
  private func repeated(
    _ key: NewCoinOrder.Idempotency, _ purchase: PurchaseRequest, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome? {
    guard
      let earlier = try CoinOrder.find(
        idempotencyKey: key.key, of: purchase.userID, in: &connection)
    else { return nil }
    guard earlier.requestHash == key.requestHash else { return refused(.keyReused, purchase) }
    let order = earlier.order
    guard let payment = try currentPayment(of: order, on: &connection) else {
      return .methodUnavailable
    }
    let package = try CoinPackage.all(in: &connection).first { $0.id == order.packageID }
    // Only what can still be paid is brought into being at a provider.
    guard order.isPayable(at: clock.now()), let package,
      let provider = registry.provider(of: payment.facts)
    else {
      return .ready(
        OrderCheckout(order: order, payment: payment, presentation: presentation(of: payment)))
    }
    return try start(
      payment, of: order, at: provider, details(package, purchase.buyer), on: &connection)
  }
}
