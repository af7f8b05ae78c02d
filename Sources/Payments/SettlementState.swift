import Ledger
import Orders
import Provider
import Vocabulary

/// Orders and payments as they are while a group of events is settled: read once under locks,
/// changed in memory event by event, written once.
struct SettlementState {
  private struct OrderState {
    let order: CoinOrder
    var status: OrderStatus
    var isChanged = false
    /// The payment that the order's amount, currency and method follow.
    var paidBy: PaymentFacts?
  }

  /// A refund of money that arrived a second time.
  struct DuplicateRefund {
    let payment: Payment
  }

  private var orders: [OrderID: OrderState] = [:]
  private var payments: [PaymentID: Payment] = [:]
  private var paymentsOfOrder: [OrderID: [PaymentID]] = [:]
  private var changedPayments: [PaymentID: String?] = [:]

  private(set) var transitions: [Transition] = []
  private(set) var postings: [Posting] = []
  private(set) var refunds: [DuplicateRefund] = []

  /// Payments that the provider has to be asked about before they are credited.
  private(set) var paymentsToConfirm: Set<PaymentID> = []
  private let moment: Timestamp
  private let rule: ConfirmationRule
  private let erased: Set<UserID>
  private let returnsTold: Set<PaymentID>

  /// - Parameters:
  ///   - erased: those of the orders' users who were erased.
  ///   - returnsTold: payments of which news waits of what was given back.
  init(
    orders: [CoinOrder], payments: [Payment], at moment: Timestamp,
    rule: ConfirmationRule = ConfirmationRule(), erased: Set<UserID> = [],
    returnsTold: Set<PaymentID> = []
  ) {
    self.erased = erased
    self.moment = moment
    self.rule = rule
    self.returnsTold = returnsTold
    for order in orders {
      self.orders[order.id] = OrderState(order: order, status: order.storedStatus)
    }
    for payment in payments {
      self.payments[payment.id] = payment
      paymentsOfOrder[payment.orderID, default: []].append(payment.id)
    }
  }

  /// Whether a payment is held as given back.
  func isReturned(_ id: PaymentID) -> Bool { payments[id]?.facts.isReturned == true }

  /// Credits by a success that was held as given back, now that news tells how much that was.
  ///
  /// - Returns: false when anything else speaks against it; then nothing is changed.
  mutating func settleHeld(_ inboxEvent: InboxEvent, as match: PaymentMatch) -> Bool {
    guard decision(about: inboxEvent, as: match) == .credit else { return false }
    return settle(inboxEvent, as: match) == .credited
  }

  private func decision(about inboxEvent: InboxEvent, as match: PaymentMatch) -> Decision? {
    guard let payment = payments[match.paymentID], let orderState = orders[payment.orderID] else {
      return nil
    }
    return Decision.of(
      order: OrderFacts(
        status: orderState.status, hasOtherOpenPayment: hasOtherOpenPayment(than: payment),
        isOver: moment >= orderState.order.expiresAt,
        isErased: erased.contains(orderState.order.userID)),
      payment: payment.facts, event: inboxEvent.event, rule: rule, numbers: match.mismatch,
      returnIsTold: returnsTold.contains(payment.id))
  }

  /// Decides about one event and applies the decision to the state in memory.
  mutating func settle(_ inboxEvent: InboxEvent, as match: PaymentMatch) -> SettlementOutcome {
    guard let decision = decision(about: inboxEvent, as: match),
      let payment = payments[match.paymentID], let orderState = orders[payment.orderID]
    else { return .unmatched }
    switch decision {
    case .credit:
      credit(payment, inboxEvent)
      return .credited
    case .duplicate:
      change(payment, to: .duplicate, cause: TransitionCause.paidTwice.rawValue, inboxEvent)
      refunds.append(DuplicateRefund(payment: payment))
      return .duplicate
    case .confirm:
      paymentsToConfirm.insert(payment.id)
      return .confirming
    case .hold(let mismatch):
      hold(payment, mismatch, inboxEvent)
      return .suspicious(mismatch)
    case .fail(let cause, let failsOrder):
      change(payment, to: .failed, cause: cause.description, inboxEvent)
      if failsOrder {
        change(orderState.order.id, to: .failed, cause: cause.description, inboxEvent)
      }
      return .failed
    case .close(let cause):
      change(payment, to: .closed, cause: cause.description, inboxEvent)
      return .closed
    case .ignore(let reason):
      return .ignored(reason)
    }
  }

  private func hasOtherOpenPayment(than payment: Payment) -> Bool {
    (paymentsOfOrder[payment.orderID] ?? []).contains { other in
      other != payment.id && payments[other]?.facts.isOpen == true
    }
  }

  private mutating func credit(_ payment: Payment, _ inboxEvent: InboxEvent) {
    guard let order = orders[payment.orderID]?.order else { return }
    change(payment, to: .succeeded, cause: TransitionCause.paid.rawValue, inboxEvent)
    orders[order.id]?.paidBy = payments[payment.id]?.facts
    change(order.id, to: .paid, cause: TransitionCause.paid.rawValue, inboxEvent)
    for (kind, coins) in [(Posting.Kind.purchase, order.coins), (.bonus, order.bonusCoins)] {
      let posting = Posting(
        kind: kind, reference: order.number.text, userID: order.userID, coins: coins,
        orderID: order.id, eventID: inboxEvent.id)
      if let posting { postings.append(posting) }
    }
  }

  /// Money booked stays booked: only a payment that is not settled becomes suspicious.
  private mutating func hold(
    _ payment: Payment, _ mismatch: Mismatch, _ inboxEvent: InboxEvent
  ) {
    switch payment.facts.status {
    case .starting, .pending, .failed, .closed:
      change(payment, to: .suspicious, cause: mismatch.rawValue, inboxEvent)
      payments[payment.id]?.facts.isReturned = mismatch == .refunded
    case .succeeded, .duplicate, .suspicious: break
    }
  }

  private mutating func change(
    _ payment: Payment, to status: PaymentStatus, cause: String, _ inboxEvent: InboxEvent
  ) {
    let event = inboxEvent.event
    payments[payment.id]?.facts.status = status
    if payment.facts.providerTransactionID == nil, status != .suspicious {
      payments[payment.id]?.facts.providerTransactionID = event.providerTransactionID
    }
    changedPayments[payment.id] = .some(status == .succeeded ? nil : cause)
    transitions.append(
      Transition(
        orderID: payment.orderID,
        change: .payment(payment.id, from: payment.facts.status, to: status),
        actor: event.actor, cause: cause, eventID: inboxEvent.id))
  }

  private mutating func change(
    _ id: OrderID, to status: OrderStatus, cause: String, _ inboxEvent: InboxEvent
  ) {
    guard let from = orders[id]?.status, from != status else { return }
    orders[id]?.status = status
    orders[id]?.isChanged = true
    transitions.append(
      Transition(
        orderID: id, change: .order(from: from, to: status), actor: inboxEvent.event.actor,
        cause: cause, eventID: inboxEvent.id))
  }

  /// Payments to write, in ascending id, with the cause to store.
  var paymentsToWrite: [(payment: Payment, cause: String?)] {
    changedPayments.keys.sorted().compactMap { id in
      payments[id].map { ($0, changedPayments[id] ?? nil) }
    }
  }

  /// Orders to write, in ascending id, with their new state and the payment that paid them.
  var ordersToWrite: [(order: CoinOrder, status: OrderStatus, paidBy: PaymentFacts?)] {
    orders.values.filter(\.isChanged).sorted { $0.order.id < $1.order.id }
      .map { ($0.order, $0.status, $0.paidBy) }
  }
}

extension ProviderEvent {
  /// Who caused a change, as recorded in its history.
  var actor: String {
    switch source {
    case .notification, .query, .reconciliation: "provider:\(provider)"
    case .mock: "mock"
    case .operator: "operator"
    }
  }
}
