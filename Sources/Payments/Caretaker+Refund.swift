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
  }

  /// Carries out refunds of a provider that were asked for, asks about those under way, and settles
  /// the answers.
  /// - Returns: the number of refunds.
  public func refund(
    _ method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    guard let provider = registry[method], provider.isAvailable else { return 0 }
    let moment = clock.now()
    let due = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[DueRefund]> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let refunds = try Refund.lockDue(
        of: method, at: moment, limit: Caretaker.batchRowsMax, in: &transaction)
      var due: [DueRefund] = []
      for refund in refunds {
        if let item = try moveOn(refund, at: moment, in: &transaction) { due.append(item) }
      }
      return refunds.isEmpty ? .rollback([]) : .commit(due)
    }
    for item in due { try carryOut(item, at: provider, on: &connection) }
    return due.count
  }

  private func moveOn(
    _ refund: Refund, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> DueRefund? {
    guard refund.status.isOpen, let payment = try Payment.find(refund.paymentID, in: &transaction)
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
    return DueRefund(refund: refund, payment: payment)
  }

  private func carryOut(
    _ due: DueRefund, at provider: any PaymentProvider, on connection: inout Connection
  ) throws(DatabaseError) {
    let request = due.refund.request(of: due.payment)
    let moment = clock.now()
    FaultPoint.refundCalling.reached()
    func ask() -> RefundOutcome {
      CallPurpose.during(.queryRefund, of: due.payment.outTradeNo) {
        provider.queryRefund(request, now: moment)
      }
    }
    func carryOut() -> RefundOutcome {
      CallPurpose.during(.refund, of: due.payment.outTradeNo) {
        provider.refund(request, now: moment)
      }
    }
    var outcome = due.refund.status == .pending ? ask() : carryOut()
    // The provider lost sight of it: the same number moves money once at most.
    if case .notFound = outcome, due.refund.status == .pending {
      outcome = carryOut()
    }
    FaultPoint.refundCalled.reached()
    guard let news = RefundNews(outcome, outRequestNo: due.refund.outRequestNo) else {
      noteUnclear(outcome, due)
      return
    }
    let event = ProviderEvent(
      provider: due.payment.facts.provider,
      eventKey: news.queryKey(of: due.refund), source: .query,
      kind: .refund(news), outTradeNo: due.payment.outTradeNo,
      providerTransactionID: due.payment.facts.providerTransactionID,
      account: due.payment.facts.account, occurredAt: moment)
    if let event { try receive(event, on: &connection) }
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
  fileprivate func queryKey(of refund: Refund) -> String {
    let key = "refund:\(refund.outRequestNo):\(status.rawValue)"
    guard status == .pending, let cause else { return key }
    return "\(key):\(cause.kind.rawValue)"
  }
}
