public import Audit
import Controls
public import Database
public import Orders
public import Provider
public import Vocabulary

/// What asking a provider again about one payment came to.
public struct RepairResult: Hashable, Sendable {
  public enum Answer: Hashable, Sendable {
    /// The provider's answer was settled, in the words of the inbox.
    case settled(String)
    /// The answer is stored; the queue settles it.
    case stored
    case notFound
    case unclear(Cause)
    /// The account that the payment was begun at is not configured.
    case off
  }

  public let outTradeNo: String
  public let answer: Answer
}

/// What came of a wish to close an order.
public enum CloseAnswer: Hashable, Sendable {
  /// Nobody can pay it any more, as far as the providers let us.
  case closed
  /// It is over here; a payment is still open at its provider, and the service goes on closing it.
  case closing
  /// Its money arrived: it can be refunded.
  case paid(OrderStatus)
  /// Operators have stopped settlement.
  case stopped
}

extension Caretaker {
  /// Settles an order again: what waits in the inbox, and what the providers say now about each of its
  /// payments, whatever state they are in here. The provider's own words decide, never the operator's.
  /// - Returns: nil while settlement is stopped; nothing has happened then.
  public func resettle(
    _ order: CoinOrder, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> [RepairResult]? {
    let moment = clock.now()
    let action = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int64?> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(nil) }
      try makeDue(order, at: moment, in: &transaction)
      return .commit(
        try OperatorAction(
          actor: operation.actor, kind: .resettleOrder, subject: order.number.text,
          reason: operation.reason, details: "was \(order.storedStatus.rawValue)"
        ).record(in: &transaction, at: moment))
    }
    guard let action else { return nil }
    _ = try desk.retryDue(on: &connection)
    var results: [RepairResult] = []
    for payment in try Payment.list(of: order.id, in: &connection) {
      results.append(
        RepairResult(
          outTradeNo: payment.outTradeNo,
          answer: try resettle(payment, action: action, on: &connection)))
    }
    return results
  }

  /// Events that wait or were given up, and refunds that are under way, are due now; so are refunds
  /// that failed, which the provider may have made all the same.
  private func makeDue(
    _ order: CoinOrder, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      UPDATE payment_events e JOIN payments p
        ON p.provider = e.provider
          AND (p.out_trade_no = e.out_trade_no OR p.provider_txn_id = e.provider_txn_id)
      SET e.state = 'PENDING', e.attempts = 0, e.next_attempt_at = \(moment)
      WHERE p.order_id = \(order.id) AND \(InboxQueue.canBeSettled)
      """)
    _ = try transaction.execute(
      """
      UPDATE refunds r JOIN payments p ON p.id = r.payment_id SET r.next_attempt_at = \(moment)
      WHERE p.order_id = \(order.id) AND r.status <> 'SUCCEEDED'
      """)
  }

  /// The same answer as before is a new event: the operator wants it to be looked at again.
  private func resettle(
    _ payment: Payment, action: Int64, on connection: inout Connection
  ) throws(DatabaseError) -> RepairResult.Answer {
    registry.learnAccounts()
    guard let provider = registry.provider(of: payment.facts) else { return .off }
    let outcome = provider.query(payment, now: clock.now())
    switch outcome {
    case .notFound: return .notFound
    case .unknown(let cause): return .unclear(cause)
    case .event(let answer, let refunds):
      let event = ProviderEvent(
        provider: answer.provider, eventKey: "operator:\(action):\(payment.outTradeNo)",
        source: .operator, kind: answer.kind, outTradeNo: payment.outTradeNo,
        providerTransactionID: answer.providerTransactionID, account: answer.account,
        occurredAt: answer.occurredAt)
      guard let event else { return .unclear(Cause(.other, "the answer names no such payment")) }
      let known = try Refund.list(ofPayments: [payment.id], in: &connection)
      let news = refunds.filter { !$0.isAboutFailure(among: known) }
        .compactMap { $0.named("operator:\(action):\($0.eventKey)") }
      let receipts = try receive([event] + news, on: &connection)
      guard case .settled(let outcome) = receipts.first else { return .stored }
      return .settled(outcome.text)
    }
  }

  /// Ends an unpaid order and closes its payments at their providers. What a provider says about money
  /// that has arrived meanwhile is settled first.
  public func close(
    _ order: CoinOrder, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> CloseAnswer {
    let moment = clock.now()
    let refusal = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<CloseAnswer?> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(.stopped) }
      guard let locked = try CoinOrder.lock(order.number, in: &transaction) else {
        throw DatabaseError.inconsistent("order \(order.number) is gone")
      }
      guard !locked.storedStatus.wasCredited else { return .rollback(.paid(locked.storedStatus)) }
      if locked.storedStatus == .pending || locked.storedStatus == .failed {
        try locked.cancel(
          actor: operation.actor, cause: TransitionCause.closedByOperator.rawValue, at: moment,
          in: &transaction)
      }
      try operation.record(
        .closeOrder, of: order.number.text, details: "was \(locked.storedStatus.rawValue)",
        in: &transaction, at: moment)
      return .commit(nil)
    }
    if let refusal { return refusal }
    for payment in try Payment.list(of: order.id, in: &connection) where payment.facts.isOpen {
      try closeNow(payment, of: order, on: &connection)
    }
    let status = try CoinOrder.find(order.number, in: &connection)?.storedStatus
    if let status, status.wasCredited { return .paid(status) }
    let isOpen = try Payment.list(of: order.id, in: &connection).contains { $0.facts.isOpen }
    return isOpen ? .closing : .closed
  }

  private func closeNow(
    _ payment: Payment, of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) {
    registry.learnAccounts()
    guard let provider = registry.provider(of: payment.facts) else { return }
    let moment = clock.now()
    let closeableAt = provider.closeableAt(payment, at: moment)
    try postpone(payment, to: closeableAt, on: &connection)
    let answer = try settleAnswer(of: provider, about: payment, on: &connection)
    guard answer.isClear, !answer.isFinal, moment >= closeableAt else { return }
    try close(payment, expiresAt: order.expiresAt, at: provider, on: &connection)
  }
}

extension ProviderEvent {
  /// Whether it tells of a refund that failed here. The service asks about those by themselves, and its
  /// log alarms when one was made after all.
  fileprivate func isAboutFailure(among refunds: [Refund]) -> Bool {
    guard case .refund(let news) = kind else { return false }
    return refunds.contains { $0.status == .failed && $0.isMeant(by: news) }
  }
}
