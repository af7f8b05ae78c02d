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
    guard let provider = registry[purchase.method] else { return .methodNotOffered }
    guard let package = try CoinPackage.onSale(purchase.packageID, in: &connection) else {
      return .packageNotFound
    }
    guard let amount = package.price(in: provider.currency) else { return .methodNotOffered }
    guard provider.isAvailable else { return .methodUnavailable }
    for _ in 1...Checkout.orderNumberAttemptsMax {
      do throws(DatabaseError) {
        let new = newOrder(purchase, package, amount)
        let (order, payment) = try insert(new, provider, purchase, on: &connection)
        return try start(
          payment, of: order, at: provider, details(package, purchase.buyer), on: &connection)
      } catch {
        guard error.kind == .duplicateKey else { throw error }
        if error.duplicateKeyName == NewCoinOrder.numberKeyName { continue }
        guard error.duplicateKeyName == NewCoinOrder.idempotencyKeyName,
          let key = purchase.idempotency
        else { throw error }
        return try repeated(key, purchase, package, on: &connection)
      }
    }
    throw DatabaseError.inconsistent("no free order number was found")
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

  private func insert(
    _ new: NewCoinOrder, _ provider: any PaymentProvider, _ purchase: PurchaseRequest,
    on connection: inout Connection
  ) throws(DatabaseError) -> (CoinOrder, Payment) {
    try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<(CoinOrder, Payment)> in
      let order = try new.insert(in: &transaction)
      let payment = try insertPayment(
        NewPayment(order: order, attempt: 1, provider: provider, amount: new.amount),
        details(new.package, purchase.buyer), actor: "user:\(new.userID)",
        earlier: [
          Transition(
            orderID: order.id, change: .order(from: nil, to: .pending),
            actor: "user:\(new.userID)", cause: "created")
        ], in: &transaction)
      return .commit((order, payment))
    }
  }

  private func repeated(
    _ key: NewCoinOrder.Idempotency, _ purchase: PurchaseRequest, _ package: CoinPackage,
    on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    let earlier = try CoinOrder.find(
      idempotencyKey: key.key, of: purchase.userID, in: &connection)
    guard let earlier, earlier.requestHash == key.requestHash else { return .keyReused }
    guard let payment = try currentPayment(of: earlier.order, on: &connection),
      let provider = registry[payment.facts.provider]
    else { return .methodUnavailable }
    return try start(
      payment, of: earlier.order, at: provider, details(package, purchase.buyer), on: &connection)
  }
}
