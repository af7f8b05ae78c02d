public import Database
import LogLines
import Logging
public import Orders
import Provider
import Threads
public import Vocabulary

/// What came of a wish to give an order up.
public enum CancelOutcome: Sendable {
  case cancelled(CoinOrder)
  case orderNotFound
  case limitReached(PurchaseLimit)
  /// The order had ended before.
  case notCancellable(OrderStatus)
}

extension Checkout {
  /// Cancels an unpaid order, then closes its open payments at their providers. Money that arrives
  /// all the same is still credited. Cancelling twice is the same as once.
  public func cancel(
    _ number: OrderNumber, of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> CancelOutcome {
    let moment = clock.now()
    let (outcome, open, isNew) = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<(CancelOutcome, [Payment], isNew: Bool)> in
      guard let order = try CoinOrder.lock(number, of: userID, in: &transaction) else {
        return .commit((.orderNotFound, [], isNew: false))
      }
      if order.storedStatus == .cancelled {
        return .commit((.cancelled(order), [], isNew: false))
      }
      guard order.status(at: moment) == .pending else {
        return .commit((.notCancellable(order.status(at: moment)), [], isNew: false))
      }
      let payments = try Payment.lock(of: [order.id], in: &transaction)
      let recent = try RecentOrders.locked(
        of: userID, currency: order.amount.currency, dayStart: moment, at: moment,
        in: &transaction)
      guard recent.cancelledInHour < limits.hourlyCancelsMax else {
        return .rollback(
          (.limitReached(.cancels(max: limits.hourlyCancelsMax)), [], isNew: false))
      }
      try order.cancel(
        actor: "user:\(order.userID)", cause: TransitionCause.cancelled.rawValue, at: moment,
        in: &transaction)
      return .commit((.cancelled(order), payments.filter(\.facts.isOpen), isNew: true))
    }
    if case .cancelled = outcome { FaultPoint.orderCancelled.reached() }
    if isNew, case .cancelled(let order) = outcome { log.cancelled(order) }
    for payment in open { try closeAtProvider(payment, of: userID, on: &connection) }
    guard case .cancelled = outcome,
      let order = try CoinOrder.find(number, of: userID, in: &connection)
    else { return outcome }
    return .cancelled(order)
  }

  /// Makes a payment unpayable at its provider and settles what the provider answers. Without a
  /// clear answer nothing changes here: the payment may still be paid, and the caretaker goes on, as it
  /// does for a user who has caused too many calls.
  func closeAtProvider(
    _ payment: Payment, of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) {
    guard let provider = registry.provider(of: payment.facts) else { return }
    let moment = clock.now()
    let closeableAt = provider.closeableAt(payment, at: moment)
    try setNextQuery(of: payment.reference, at: provider.method, closeableAt, on: &connection)
    guard budget.spend(userID) == nil else { return }
    guard moment >= closeableAt else {
      ask(provider, about: payment)
      return
    }
    FaultPoint.closeCalling.reached()
    let outcome = provider.close(payment, now: moment)
    FaultPoint.closeCalled.reached()
    switch outcome {
    case .closed:
      let event = payment.closedEvent(Cause(.cancelled, "closed_by_us"), at: moment)
      if let event { submit(ReceivedEvent(event: event, body: nil, receivedAt: moment)) }
    case .refused: ask(provider, about: payment)
    case .notFound: break
    case .unknown(let cause):
      logger.write(
        .error, "a payment could not be closed at its provider; it may still be paid",
        [
          .outTradeNumber: "\(payment.outTradeNo)", .provider: "\(payment.facts.provider)",
          .cause: "\(cause)",
        ])
    }
  }

  /// Asks the provider for a payment's state and settles the answer.
  func ask(_ provider: any PaymentProvider, about payment: Payment) {
    FaultPoint.askCalling.reached()
    let outcome = provider.query(payment, now: clock.now())
    FaultPoint.askCalled.reached()
    guard case .event(let event, let refunds) = outcome else { return }
    submit([event] + refunds)
  }
}

extension CoinOrder {
  /// Writes down that somebody gave a locked, unpaid order up.
  func cancel(
    actor: String, cause: String, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE coin_orders SET status = 'CANCELLED', updated_at = \(moment) WHERE id = \(id)
      """)
    let change = Transition(
      orderID: id, change: .order(from: storedStatus, to: .cancelled), actor: actor, cause: cause)
    try Transition.record([change], in: &transaction, at: moment)
  }
}
