import Controls
public import Database
import LogLines
import Logging
import Orders
import Provider
import Threads
public import Vocabulary

extension Caretaker {
  /// A payment that is due to be asked about, with what its order has come to.
  private struct Due {
    let payment: Payment
    let queries: Int64
    let orderStatus: OrderStatus
    let expiresAt: Timestamp
    /// Whether the user has gone on to another payment of the order.
    let isSuperseded: Bool
    /// Whether something was reported that only the provider's own answer makes believable.
    let isConfirming: Bool

    /// Nobody should pay it any more.
    var isToBeClosed: Bool {
      payment.facts.isOpen && !isConfirming
        && (isSuperseded || (orderStatus != .pending && orderStatus != .failed))
    }
  }

  /// Asks a provider about payments that are due, settles the answers, and closes payments whose
  /// orders are over.
  /// - Returns: the number of payments.
  public func askProvider(
    _ method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    guard let provider = registry[method], provider.isAvailable else { return 0 }
    provider.learnAccount()
    let due = try claim(provider, on: &connection)
    for item in due { try ask(provider, about: item, on: &connection) }
    return due.count
  }

  /// Asks about one payment at once, whatever its time, and settles the answer.
  /// - Returns: nil when the account that the payment was begun at is not configured.
  public func ask(
    about payment: Payment, on connection: inout Connection
  ) throws(DatabaseError) -> ProviderAnswer? {
    registry.learnAccounts()
    guard let provider = registry.provider(of: payment.facts) else { return nil }
    return try settleAnswer(of: provider, about: payment, on: &connection)
  }

  /// Only payments of the provider's own account: another one would say of them that it knows none.
  private func claim(
    _ provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) -> [Due] {
    let moment = clock.now()
    return try connection.transaction { (transaction) throws(DatabaseError) -> Completion<[Due]> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let rows = try transaction.all(
        """
        SELECT p.id, p.queries FROM payments p
        WHERE p.provider = \(provider.method)
          AND \(QuerySchedule.schedule.isDue("p.next_query_at", at: moment))
          AND \(provider.account.holdsPayment)
        ORDER BY p.next_query_at LIMIT \(Caretaker.batchRowsMax) FOR UPDATE SKIP LOCKED
        """, as: (PaymentID, Int64).self)
      var due: [Due] = []
      for (id, queries) in rows {
        if let item = try moveOn(id, queries: queries + 1, at: moment, in: &transaction) {
          due.append(item)
        }
      }
      return rows.isEmpty ? .rollback([]) : .commit(due)
    }
  }

  private func moveOn(
    _ id: PaymentID, queries: Int64, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> Due? {
    let isConfirming = try isConfirming(id, in: &transaction)
    guard let payment = try Payment.find(id, in: &transaction),
      payment.facts.isOpen || isConfirming,
      let order = try transaction.first(
        """
        SELECT status, expires_at, (SELECT MAX(attempt) FROM payments WHERE order_id = o.id)
        FROM coin_orders o WHERE id = \(payment.orderID)
        """, as: (OrderStatus, Timestamp, Int64).self)
    else {
      _ = try transaction.execute(
        "UPDATE payments SET next_query_at = NULL WHERE id = \(id)")
      return nil
    }
    let due = Due(
      payment: payment, queries: queries, orderStatus: order.0, expiresAt: order.1,
      isSuperseded: payment.attempt < order.2, isConfirming: isConfirming)
    let next =
      due.isToBeClosed || isConfirming
      ? QuerySchedule.nextWhileClosing(after: moment, queries: queries)
      : QuerySchedule.next(
        after: moment, createdAt: payment.createdAt, expiresAt: due.expiresAt)
    _ = try transaction.execute(
      """
      UPDATE payments SET queries = \(queries), queried_at = \(moment), next_query_at = \(next)
      WHERE id = \(id)
      """)
    return due
  }

  private func isConfirming(
    _ id: PaymentID, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    try transaction.first("SELECT confirming FROM payments WHERE id = \(id)", as: Bool.self)
      ?? false
  }

  private func ask(
    _ provider: any PaymentProvider, about due: Due, on connection: inout Connection
  ) throws(DatabaseError) {
    if due.isToBeClosed, due.queries >= QuerySchedule.alarmQueries {
      var fields = describe(due.payment)
      fields[.queries] = "\(due.queries)"
      logger.write(
        .critical,
        "a payment of an order that is over cannot be closed; look at it at the provider",
        fields)
    }
    let answer = try settleAnswer(of: provider, about: due.payment, on: &connection)
    if due.isConfirming { try noteConfirmation(due, answer, on: &connection) }
    guard answer.isClear else { return try askSoonAgain(about: due, on: &connection) }
    guard due.isToBeClosed, !answer.isFinal else { return }
    let now = clock.now()
    let closeableAt = provider.closeableAt(due.payment, at: now)
    guard now >= closeableAt else {
      try postpone(due.payment, to: closeableAt, on: &connection)
      return
    }
    try close(due.payment, expiresAt: due.expiresAt, at: provider, on: &connection)
  }

  /// News that came with a valid signature, and of which the provider does not know, was forged with a
  /// key of ours or is something that it has not taken in itself yet.
  private func noteConfirmation(
    _ due: Due, _ answer: ProviderAnswer, on connection: inout Connection
  ) throws(DatabaseError) {
    guard answer.isClear, !answer.isSuccess else { return }
    logger.write(
      .critical,
      "signed news is not confirmed by the provider; compare it there, a key may have leaked",
      describe(due.payment))
    guard due.queries >= QuerySchedule.alarmQueries else { return }
    // Its entry in suspense stays open.
    try update(due.payment, "confirming = FALSE", on: &connection)
  }

  private func askSoonAgain(
    about due: Due, on connection: inout Connection
  ) throws(DatabaseError) {
    guard !due.isToBeClosed, !due.isConfirming else { return }
    let soon = clock.now().adding(seconds: QuerySchedule.unclearPauseSeconds)
    try update(due.payment, "next_query_at = LEAST(next_query_at, \(soon))", on: &connection)
  }

  func settleAnswer(
    of provider: any PaymentProvider, about payment: Payment, on connection: inout Connection
  ) throws(DatabaseError) -> ProviderAnswer {
    FaultPoint.queryCalling.reached()
    let outcome = provider.query(payment, now: clock.now())
    FaultPoint.queryCalled.reached()
    switch outcome {
    case .event(let event, let refunds):
      try receive([event] + refunds, on: &connection)
      return .event(event.kind)
    case .notFound: return .notFound
    case .unknown(let cause):
      var fields = describe(payment)
      fields[.cause] = "\(cause)"
      logger.write(.notice, "a provider gave no clear answer about a payment", fields)
      return .unclear(cause)
    }
  }

  /// Makes a payment unpayable at its provider, as far as it lets us.
  ///
  /// - Parameter expiresAt: the end of the payment's order.
  func close(
    _ payment: Payment, expiresAt: Timestamp, at provider: any PaymentProvider,
    on connection: inout Connection
  ) throws(DatabaseError) {
    FaultPoint.closeCalling.reached()
    let outcome = provider.close(payment, now: clock.now())
    FaultPoint.closeCalled.reached()
    switch outcome {
    case .closed:
      try receiveClosed(payment, Cause(.expired, "closed_by_us"), on: &connection)
    case .notFound where payment.facts.providerTransactionID != nil:
      // The provider itself gave it a number, so whoever is asked is not the one that it was begun at.
      logger.write(
        .critical,
        "a payment that its provider had taken on is unknown there; it stays open",
        describe(payment))
    case .notFound:
      // Until then somebody may still scan the code.
      let forgottenAt = expiresAt.adding(seconds: QuerySchedule.forgottenSeconds)
      guard clock.now() >= forgottenAt else {
        let next = QuerySchedule.schedule.bounded(forgottenAt, at: clock.now())
        try postpone(payment, to: next, on: &connection)
        return
      }
      try receiveClosed(payment, Cause(.expired, "never_begun"), on: &connection)
    case .refused(let cause), .unknown(let cause):
      var fields = describe(payment)
      fields[.cause] = "\(cause)"
      logger.write(.notice, "a payment could not be closed yet; it is tried again", fields)
    }
  }

  private func receiveClosed(
    _ payment: Payment, _ cause: Cause, on connection: inout Connection
  ) throws(DatabaseError) {
    guard let event = payment.closedEvent(cause, at: clock.now()) else { return }
    try receive(event, on: &connection)
  }

  func postpone(
    _ payment: Payment, to moment: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) {
    try update(payment, "next_query_at = \(moment)", on: &connection)
  }

  /// Writes columns of a payment's schedule, as long as it has one.
  private func update(
    _ payment: Payment, _ columns: SQL, on connection: inout Connection
  ) throws(DatabaseError) {
    _ = try connection.execute(
      "UPDATE payments SET \(columns) WHERE id = \(payment.id) AND next_query_at IS NOT NULL")
  }
}
