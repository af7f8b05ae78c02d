public import Database
import Orders
import Provider
import Threads
public import Vocabulary

/// A user's wish to pay an existing order, by the same or another method.
public struct PayAgainRequest: Sendable {
  public let buyer: Buyer
  public let orderNumber: OrderNumber
  public let method: PaymentMethod

  public init(buyer: Buyer, orderNumber: OrderNumber, method: PaymentMethod) {
    self.buyer = buyer
    self.orderNumber = orderNumber
    self.method = method
  }

  var userID: UserID { buyer.userID }
}

extension Checkout {
  private enum Switch {
    case refused(CheckoutOutcome)
    case payment(Payment, CoinOrder, isNew: Bool, superseded: Payment?)
  }

  /// Payments of one order that may be open at the same time: each can be paid.
  static let openPaymentsMax = 5
  /// Payments of one order that may follow its first.
  static let methodChangesMax = 10

  /// Goes on with the open payment of a method, or begins a new one. The one before is closed in the
  /// background, unless that needs no call.
  ///
  /// Another method re-prices the order in that method's currency, at the price that it was made with.
  public func payAgain(
    _ request: PayAgainRequest, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    guard let provider = registry[request.method] else {
      return refused(.methodNotOffered, request)
    }
    provider.learnAccount()
    guard let found = try CoinOrder.find(request.orderNumber, of: request.userID, in: &connection)
    else { return refused(.orderNotFound, request) }
    let package = try CoinPackage.all(in: &connection).first { $0.id == found.packageID }
    guard let package else { return refused(.packageNotFound, request) }
    let choice = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Switch> in
      .commit(try choosePayment(request, provider, package, in: &transaction))
    }
    switch choice {
    case .refused(let outcome): return refused(outcome, request)
    case .payment(let payment, let order, let isNew, let superseded):
      FaultPoint.methodSwitched.reached()
      if let superseded, registry.provider(of: superseded.facts)?.closesLocally == true {
        try closeAtProvider(superseded, of: request.userID, on: &connection)
      }
      let details = details(package, request.buyer)
      return isNew
        ? try begin(payment, of: order, at: provider, details, on: &connection)
        : try start(payment, of: order, at: provider, details, on: &connection)
    }
  }

  private func refused(
    _ outcome: CheckoutOutcome, _ request: PayAgainRequest
  ) -> CheckoutOutcome {
    log.refused(outcome, request.method, request.userID)
    return outcome
  }

  private func choosePayment(
    _ request: PayAgainRequest, _ provider: any PaymentProvider, _ package: CoinPackage,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Switch {
    guard
      let order = try CoinOrder.lock(request.orderNumber, of: request.userID, in: &transaction)
    else { return .refused(.orderNotFound) }
    let moment = clock.now()
    guard order.isPayable(at: moment) else {
      return .refused(.notPayable(order.status(at: moment)))
    }
    let payments = try Payment.lock(of: [order.id], in: &transaction)
    let open = payments.filter(\.facts.isOpen)
    // An older payment of the same method is on its way to be closed: only the latest goes on.
    if let latest = open.last, latest.facts.provider == request.method,
      provider.account.holds(latest.facts.account)
    {
      return .payment(latest, order, isNew: false, superseded: nil)
    }
    guard open.count < Self.openPaymentsMax else {
      return .refused(.limitReached(.openPayments(max: Self.openPaymentsMax)))
    }
    guard payments.count <= Self.methodChangesMax else {
      return .refused(.limitReached(.methodChanges(max: Self.methodChangesMax)))
    }
    guard takesPayments(provider) else { return .refused(.methodUnavailable) }
    guard let amount = try order.price(in: provider.currency, in: &transaction) else {
      return .refused(.notPricedForMethod)
    }
    if let limit = try limit(amount, request.method, of: order, in: &transaction) {
      return .refused(.limitReached(limit))
    }
    let (updated, reopening) = try reprice(order, amount, request.method, in: &transaction)
    let payment = try insertPayment(
      NewPayment(
        order: updated, attempt: (payments.map(\.attempt).max() ?? 0) + 1, provider: provider,
        amount: amount),
      details(package, request.buyer), actor: "user:\(request.userID)",
      earlier: reopening, in: &transaction)
    // Those before it were made due when they were superseded themselves.
    if let superseded = open.last { try superseded.makeDue(in: &transaction, at: moment) }
    return .payment(payment, updated, isNew: true, superseded: open.last)
  }

  /// The limit that going on would break. An order that goes on in its currency was counted before.
  private func limit(
    _ amount: Money, _ method: PaymentMethod, of order: CoinOrder,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> PurchaseLimit? {
    if order.storedStatus == .pending, order.amount.currency == amount.currency {
      return limits.broken(by: amount, method)
    }
    let moment = clock.now()
    let day = zone.day(of: moment)
    let recent = try RecentOrders.locked(
      of: order.userID, currency: amount.currency, except: order.id, dayStart: day.start,
      at: moment, in: &transaction)
    return limits.broken(
      by: amount, method, recent, untilSeconds: day.secondsLeft(at: moment))
  }

  private func reprice(
    _ order: CoinOrder, _ amount: Money, _ method: PaymentMethod,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> (CoinOrder, [Transition]) {
    let status = OrderStatus.pending
    let moment = clock.now()
    _ = try transaction.execute(
      """
      UPDATE coin_orders SET status = \(status), amount = \(amount.minorUnits),
        currency = \(amount.currency), payment_method = \(method), updated_at = \(moment)
      WHERE id = \(order.id)
      """)
    let updated = CoinOrder(
      id: order.id, number: order.number, userID: order.userID, packageID: order.packageID,
      coins: order.coins, bonusCoins: order.bonusCoins, amount: amount, paymentMethod: method,
      storedStatus: status, createdAt: order.createdAt, expiresAt: order.expiresAt,
      paidAt: order.paidAt)
    guard order.storedStatus != status else { return (updated, []) }
    let reopening = Transition(
      orderID: order.id, change: .order(from: order.storedStatus, to: status),
      actor: "user:\(order.userID)", cause: TransitionCause.payAgain.rawValue)
    return (updated, [reopening])
  }
}
