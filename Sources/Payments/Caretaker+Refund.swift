import Controls
public import Database
import LogLines
import Logging
import Provider
import Threads
public import Vocabulary

extension Caretaker {
  private struct DueRefund {
    let refund: Refund
    let payment: Payment
    /// When it is due again unless something is heard of it.
    let nextAttemptAt: Timestamp
  }

  /// Carries out refunds of a provider that were asked for, asks about those under way, and settles
  /// the answers.
  /// - Returns: the number of refunds.
  public func refund(
    _ method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    guard let provider = registry[method], provider.isAvailable else { return 0 }
    provider.learnAccount()
    let moment = clock.now()
    let due = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[DueRefund]> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let refunds = try Refund.lockDue(
        of: provider, at: moment, limit: Caretaker.batchRowsMax, in: &transaction)
      var due: [DueRefund] = []
      for refund in refunds {
        if let item = try moveOn(refund, at: moment, in: &transaction) { due.append(item) }
      }
      return refunds.isEmpty ? .rollback([]) : .commit(due)
    }
    for item in due { try carryOut(item, at: provider, on: &connection) }
    return due.count
  }

  /// Also a refund that failed is asked about when there is doubt whether it was made all the same.
  private func moveOn(
    _ refund: Refund, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> DueRefund? {
    guard refund.status != .succeeded,
      let payment = try Payment.find(refund.paymentID, in: &transaction)
    else {
      _ = try transaction.execute(
        "UPDATE refunds SET next_attempt_at = NULL WHERE id = \(refund.id)")
      return nil
    }
    let next = RefundSchedule.next(after: moment, attempts: refund.attempts + 1)
    _ = try transaction.execute(
      """
      UPDATE refunds SET attempts = \(refund.attempts + 1), attempted_at = \(moment),
        next_attempt_at = \(next)
      WHERE id = \(refund.id)
      """)
    return DueRefund(refund: refund, payment: payment, nextAttemptAt: next)
  }

  private func carryOut(
    _ due: DueRefund, at provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) {
    let call = RefundCall(
      provider: provider, request: due.refund.request(of: due.payment),
      outTradeNo: due.payment.outTradeNo, moment: clock.now())
    FaultPoint.refundCalling.reached()
    let outcome = try outcome(of: call, due.refund, on: &connection)
    FaultPoint.refundCalled.reached()
    if due.refund.status == .failed, outcome.isWithoutMoney {
      var isUnknown = false
      if case .notFound = outcome { isUnknown = true }
      return try endDoubt(
        about: due.refund, of: due.payment, dueAt: due.nextAttemptAt, isUnknown: isUnknown,
        on: &connection)
    }
    guard let (news, name) = news(of: outcome, due.refund) else {
      noteUnclear(outcome, due)
      return
    }
    let key = ProviderEvent.refundKey(
      due.refund.outRequestNo, of: due.payment.outTradeNo, name)
    let event = due.payment.event(key, .refund(news), at: call.moment)
    if let event { try receive(event, on: &connection) }
  }

  /// What an outcome says, with the end of its event's key; nil when it says nothing. That it was
  /// refused here is another event than a failure that the provider tells of, and what is said after a
  /// failure another than what was said before it.
  private func news(of outcome: RefundOutcome, _ refund: Refund) -> (RefundNews, String)? {
    if case .refused(let cause) = outcome {
      let news = RefundNews(
        status: .failed, outRequestNo: refund.outRequestNo, providerRefundID: nil, amount: nil,
        cause: cause)
      return (news, "REFUSED")
    }
    guard let news = RefundNews(outcome, outRequestNo: refund.outRequestNo) else { return nil }
    let again = refund.status == .failed ? ":\(refund.attempts + 1)" : ""
    return (news, news.name + again)
  }

  /// What became of a refund, and if the provider does not know of it, of telling it again.
  ///
  /// A provider that may have heard of it is asked first, and asked again when it refuses: a refusal
  /// says nothing about an earlier call whose answer was lost. Only both together are a failure, which
  /// is given back as refused: that it refuses, and that it knows no such refund.
  private func outcome(
    of call: RefundCall, _ refund: Refund, on connection: inout Connection
  ) throws(DatabaseError) -> RefundOutcome {
    if refund.status != .requested || refund.unclearAt != nil {
      let known = call.ask()
      guard case .notFound = known, refund.status.isOpen, !refund.isForeign else { return known }
    }
    guard try noteCall(refund, at: call.moment, on: &connection) else {
      return .unknown(Cause(.conflict, "its state has changed meanwhile"))
    }
    let made = call.make()
    guard case .refused(let cause) = made else { return made }
    let known = call.ask()
    guard case .notFound = known else {
      if case .unknown = known { return .unknown(cause) }
      return known
    }
    // This call left nothing behind, but one before it may. How long ago that was nobody knows after a
    // clock was set back: then the wait begins anew, since to end it early could give money back twice.
    let now = clock.now()
    let unclearAt = refund.unclearAt.map { min($0, now) }
    _ = try connection.execute(
      "UPDATE refunds SET unclear_at = \(unclearAt) WHERE id = \(refund.id)")
    if let unclearAt, !RefundSchedule.settling.isOver(since: unclearAt, at: now) {
      return .unknown(cause)
    }
    return .refused(cause)
  }

  /// Remembers that the provider is told, before it is told.
  /// - Returns: false when the refund has ended meanwhile.
  private func noteCall(
    _ refund: Refund, at moment: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let result = try connection.execute(
      """
      UPDATE refunds SET unclear_at = \(moment)
      WHERE id = \(refund.id) AND status IN ('REQUESTED', 'PENDING')
      """)
    return result.affectedRows == 1
  }

  private func noteUnclear(_ outcome: RefundOutcome, _ due: DueRefund) {
    var fields = describe(due.payment)
    fields[.outRequestNumber] = "\(due.refund.outRequestNo)"
    fields[.attempts] = "\(due.refund.attempts + 1)"
    if case .unknown(let cause) = outcome { fields[.cause] = "\(cause)" }
    let isAlarming = due.refund.attempts + 1 >= RefundSchedule.alarmAttempts
    logger.write(
      isAlarming ? .critical : .warning,
      "nobody knows yet whether a refund was made; it goes on with the same number",
      fields)
  }
}

extension RefundNews {
  /// The same state for the same reason is the same event.
  fileprivate var name: String {
    guard status == .pending, let cause else { return status.rawValue }
    return "\(status.rawValue):\(cause.kind.rawValue)"
  }
}

extension RefundOutcome {
  /// The provider says clearly that no money is on its way.
  fileprivate var isWithoutMoney: Bool {
    switch self {
    case .failed, .notFound: true
    case .succeeded, .pending, .refused, .unknown: false
    }
  }
}
