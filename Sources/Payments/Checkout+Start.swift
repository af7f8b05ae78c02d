import Database
import LogLines
import Logging
import Orders
import Provider
import Threads
import Vocabulary

extension Checkout {
  /// Inserts a payment and its history: with its presentation where no call is needed for that, else
  /// with what the provider will be sent.
  func insertPayment(
    _ new: NewPayment, _ details: StartDetails, actor: String, earlier: [Transition],
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Payment {
    let request = details.request(
      new.outTradeNo, new.amount, of: new.order, createdAt: details.now)
    let started = new.provider.startLocally(request)
    let startRequest = started == nil ? new.provider.startRequest(request) : nil
    let payment = try new.insert(
      started: started, presentation: try sealed(started, outTradeNo: new.outTradeNo),
      startRequest: try sealed(startRequest, outTradeNo: new.outTradeNo),
      in: &transaction, at: details.now)
    let history =
      earlier + [
        Transition(
          orderID: new.order.id,
          change: .payment(payment.id, from: nil, to: payment.facts.status),
          actor: actor, cause: TransitionCause.created.rawValue)
      ]
    try Transition.record(history, in: &transaction, at: clock.now())
    return payment
  }

  /// Goes on with a payment that was just inserted.
  func begin(
    _ payment: Payment, of order: CoinOrder, at provider: any PaymentProvider,
    _ details: StartDetails, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    if payment.facts.status != .starting { log.started(payment, of: order, after: nil) }
    return try start(payment, of: order, at: provider, details, on: &connection)
  }

  /// Brings a payment that is STARTING into being at its provider, and asks for a fresh presentation
  /// of one whose code or address has run out; others are ready as they are.
  ///
  /// The call is repeatable: the provider knows the payment by its number, and is sent what it was sent
  /// the first time. Without a clear answer the payment stays STARTING and a later call goes on. While
  /// another request makes the call, this one waits for what comes of it.
  func start(
    _ payment: Payment, of order: CoinOrder, at provider: any PaymentProvider,
    _ details: StartDetails, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    guard needsStart(payment) else { return ready(payment, of: order) }
    switch try turns.take(payment.id, on: &connection) {
    case .busy: return .beingMade
    case .waited:
      let now = try Payment.find(payment.id, in: &connection) ?? payment
      return needsStart(now) ? .methodUnavailable : ready(now, of: order)
    case .taken: break
    }
    let outcome: CheckoutOutcome
    do throws(DatabaseError) {
      outcome = try startInTurn(payment.id, of: order, at: provider, details, on: &connection)
    } catch {
      try? turns.release(payment.id, on: &connection)
      throw error
    }
    try turns.release(payment.id, on: &connection)
    return outcome
  }

  private func needsStart(_ payment: Payment) -> Bool {
    payment.facts.status == .starting || hasStalePresentation(payment)
  }

  private func ready(_ payment: Payment, of order: CoinOrder) -> CheckoutOutcome {
    .ready(OrderCheckout(order: order, payment: payment, presentation: presentation(of: payment)))
  }

  private func startInTurn(
    _ id: PaymentID, of order: CoinOrder, at provider: any PaymentProvider,
    _ details: StartDetails, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    // Whoever had the turn before may have been faster.
    guard let payment = try Payment.find(id, in: &connection) else { return .orderNotFound }
    guard needsStart(payment) else { return ready(payment, of: order) }
    if let seconds = budget.spend(order.userID) {
      return .limitReached(.providerCalls(untilSeconds: seconds))
    }
    guard let start = try startRequest(payment, of: order, at: provider, details, on: &connection)
    else { return .methodUnavailable }
    return try call(start, payment, of: order, at: provider, on: &connection)
  }

  /// What the provider was or will be sent. A payment of a version that did not keep it gets one now,
  /// before it is sent.
  private func startRequest(
    _ payment: Payment, of order: CoinOrder, at provider: any PaymentProvider,
    _ details: StartDetails, on connection: inout Connection
  ) throws(DatabaseError) -> PaymentStart? {
    var request = payment.startRequest.flatMap {
      startSeal.open($0, outTradeNo: payment.outTradeNo)
    }
    if request == nil {
      request = provider.startRequest(
        details.request(
          payment.outTradeNo, payment.facts.amount, of: order, createdAt: payment.createdAt))
      let box = try sealed(request, outTradeNo: payment.outTradeNo)
      _ = try connection.execute(
        "UPDATE payments SET start_request = \(box) WHERE id = \(payment.id)")
    }
    return request.map {
      PaymentStart(
        outTradeNo: payment.outTradeNo, amount: payment.facts.amount,
        createdAt: payment.createdAt, request: $0)
    }
  }

  private func call(
    _ start: PaymentStart, _ payment: Payment, of order: CoinOrder,
    at provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) -> CheckoutOutcome {
    let isStarting = payment.facts.status == .starting
    FaultPoint.startCalling.reached()
    let begun = ContinuousClock.now
    let outcome = CallPurpose.during(.start, of: payment.outTradeNo) {
      provider.start(start, now: clock.now())
    }
    let duration = ContinuousClock.now - begun
    FaultPoint.startCalled.reached()
    switch outcome {
    case .started(let started):
      log.started(payment, of: order, after: duration)
      let stored = try store(started, payment, on: &connection)
      return .ready(
        OrderCheckout(order: order, payment: stored, presentation: started.presentation))
    case .refused(let cause):
      log.notStarted(
        "the provider refused a payment", "REFUSED", payment, of: order, cause, after: duration)
      // What exists at the provider may be paid by the old code: only the provider ends it.
      guard isStarting else { return .methodUnavailable }
      settleRefusal(cause, of: payment, at: provider)
      return .methodUnavailable
    case .unknown(let cause), .unavailable(let cause):
      log.notStarted(
        "the provider gave no clear answer; the payment can be started again", "UNCLEAR", payment,
        of: order, cause, after: duration)
      return .methodUnavailable
    }
  }

  /// Whether an open payment waits behind a code or an address that its provider takes no more.
  public func hasStalePresentation(_ payment: Payment) -> Bool {
    guard payment.facts.isOpen, let end = payment.presentationExpiresAt else { return false }
    return StartedPayment.usability.isDue(end, at: clock.now())
  }

  /// Stores the provider's answer. A notification may have been faster; then nothing is changed.
  private func store(
    _ started: StartedPayment, _ payment: Payment, on connection: inout Connection
  ) throws(DatabaseError) -> Payment {
    let sealedPresentation = try sealed(started, outTradeNo: payment.outTradeNo)
    let moment = clock.now()
    let end = started.usableSeconds.map { moment.adding(seconds: $0) }
    let status = PaymentStatus.pending
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Payment> in
      // Its history is the order's: locks are taken in the order that every settlement keeps.
      _ = try CoinOrder.lock([payment.orderID], in: &transaction)
      let result = try transaction.execute(
        """
        UPDATE payments SET status = \(status),
          provider_txn_id = COALESCE(\(started.providerTransactionID), provider_txn_id),
          presentation = \(sealedPresentation), presentation_expires_at = \(end),
          updated_at = \(moment)
        WHERE id = \(payment.id) AND status = \(payment.facts.status)
        """)
      if result.affectedRows == 1, payment.facts.status != status {
        let change = Transition(
          orderID: payment.orderID, change: .payment(payment.id, from: .starting, to: status),
          actor: "provider:\(payment.facts.provider)", cause: TransitionCause.started.rawValue)
        try Transition.record([change], in: &transaction, at: moment)
      }
      let stored = try Payment.find(
        provider: payment.facts.provider, outTradeNo: payment.outTradeNo, in: &transaction)
      return .commit(stored ?? payment)
    }
  }

  private func sealed(
    _ started: StartedPayment?, outTradeNo: String
  ) throws(DatabaseError) -> [UInt8]? {
    guard let started else { return nil }
    do {
      return try seal.seal(started.presentation, outTradeNo: outTradeNo)
    } catch {
      throw DatabaseError.inconsistent(
        "the payment's presentation could not be encrypted: \(error)")
    }
  }

  /// A refusal says nothing about an earlier start whose answer was lost: the provider is asked, and
  /// only a payment that it does not know has failed.
  private func settleRefusal(
    _ cause: Cause, of payment: Payment, at provider: any PaymentProvider
  ) {
    switch provider.query(payment, now: clock.now()) {
    case .notFound: fail(payment, cause)
    case .event(let event, let refunds): submit([event] + refunds)
    // It stays as it is and is asked about again.
    case .unknown: break
    }
  }

  private func sealed(
    _ request: StartRequest?, outTradeNo: String
  ) throws(DatabaseError) -> [UInt8]? {
    guard let request else { return nil }
    do {
      return try startSeal.seal(request, outTradeNo: outTradeNo)
    } catch {
      throw DatabaseError.inconsistent("the payment's request could not be encrypted: \(error)")
    }
  }

  /// A refusal is an event like any other: it goes through the settlement.
  private func fail(_ payment: Payment, _ cause: Cause) {
    let moment = clock.now()
    let key = "start_refused:\(payment.outTradeNo)"
    guard let event = payment.event(key, .failed(cause), at: moment) else { return }
    submit(ReceivedEvent(event: event, body: nil, receivedAt: moment))
  }

  /// Hands in an event that we caused; when it cannot be stored now, asking the provider later
  /// brings the same news again.
  func submit(_ event: ReceivedEvent) {
    submit(group: [event])
  }

  /// Hands in what a provider says at once, to be settled at once.
  func submit(_ events: [ProviderEvent]) {
    let moment = clock.now()
    submit(group: events.map { ReceivedEvent(event: $0, body: nil, receivedAt: moment) })
  }

  private func submit(group: [ReceivedEvent]) {
    do throws(SettlementQueue.SubmitError) {
      _ = try settlements.submit(group: group)
    } catch {
      guard let event = group.first?.event else { return }
      logger.write(
        .error, "an answer of the provider could not be stored; it will be asked again",
        [.provider: "\(event.provider)", .eventKey: "\(event.eventKey)", .error: "\(error)"])
    }
  }
}
