public import Audit
import Controls
public import Database
public import Orders
public import Provider
import Threads
import Vocabulary

/// What came of a wish to give a refund up.
public enum GiveUpAnswer: Hashable, Sendable {
  /// The provider does not know it: its coins are back.
  case givenUp(Refund)
  case refundNotFound
  /// It has come to its end.
  case notOpen(Refund)
  /// It was tried or asked about a moment ago, and what comes of that is not known yet.
  case busy(untilSeconds: Int64)
  /// The provider knows it: only the provider ends it.
  case known(Refund)
  case unclear(Cause)
  /// Whoever could say whether it exists is not configured.
  case notConfigured
  /// Operators have stopped settlement.
  case stopped
}

extension Caretaker {
  /// How long after a try a refund that the provider does not know may still arrive there, in seconds:
  /// longer than a call and its repetition last, and than providers need to find what they took on.
  static let giveUpAfterSeconds: Int64 = 60

  /// Ends a refund that its provider says it does not know, and gives its coins back. One that was
  /// never sent needs nobody to say so.
  public func giveUp(
    refund outRequestNo: String, of order: CoinOrder, by operation: Operation,
    on connection: inout Connection
  ) throws(DatabaseError) -> GiveUpAnswer {
    let claim = try claim(outRequestNo, of: order, on: &connection)
    guard case .claimed(let refund, let payment, let isUnsent) = claim else {
      guard case .refused(let answer) = claim else { return .refundNotFound }
      return answer
    }
    if !isUnsent, let answer = answerAgainst(refund, payment) { return answer }
    return try end(
      refund, of: payment, order, isUnsent: isUnsent, by: operation, on: &connection)
  }

  private enum Claim {
    case claimed(Refund, Payment, isUnsent: Bool)
    case refused(GiveUpAnswer)
  }

  /// Keeps everybody from trying the refund while the provider is asked.
  private func claim(
    _ outRequestNo: String, of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> Claim {
    let moment = clock.now()
    return try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Claim> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(.refused(.stopped)) }
      _ = try CoinOrder.lock([order.id], in: &transaction)
      let payments = try Payment.lock(of: [order.id], in: &transaction)
      let refunds = try Refund.lock(of: payments.map(\.id), in: &transaction)
      guard let refund = refunds.first(where: { $0.outRequestNo == outRequestNo }),
        let payment = payments.first(where: { $0.id == refund.paymentID })
      else { return .rollback(.refused(.refundNotFound)) }
      guard refund.status.isOpen else { return .rollback(.refused(.notOpen(refund))) }
      let attemptedAt = try transaction.first(
        "SELECT attempted_at FROM refunds WHERE id = \(refund.id)", as: Timestamp?.self)
      if let attemptedAt = attemptedAt ?? nil {
        let quietAt = attemptedAt.adding(seconds: Caretaker.giveUpAfterSeconds)
        guard moment >= quietAt || moment < attemptedAt else {
          return .rollback(.refused(.busy(untilSeconds: quietAt.unixSeconds - moment.unixSeconds)))
        }
      }
      let next = moment.adding(seconds: Caretaker.giveUpAfterSeconds)
      _ = try transaction.execute(
        "UPDATE refunds SET next_attempt_at = \(next) WHERE id = \(refund.id)")
      return .commit(.claimed(refund, payment, isUnsent: refund.isUnsent))
    }
  }

  /// What the provider says that keeps the refund from being given up; nil when it does not know it.
  private func answerAgainst(_ refund: Refund, _ payment: Payment) -> GiveUpAnswer? {
    registry.learnAccounts()
    guard let provider = registry.provider(of: payment.facts) else { return .notConfigured }
    let outcome = CallPurpose.during(.queryRefund, of: payment.outTradeNo) {
      provider.queryRefund(refund.request(of: payment), now: clock.now())
    }
    switch outcome {
    case .notFound: return nil
    case .succeeded, .pending, .failed: return .known(refund)
    case .refused(let cause), .unknown(let cause): return .unclear(cause)
    }
  }

  private func end(
    _ refund: Refund, of payment: Payment, _ order: CoinOrder, isUnsent: Bool,
    by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> GiveUpAnswer {
    let moment = clock.now()
    let words = isUnsent ? "never sent" : "unknown at the provider"
    let action = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int64> in
      .commit(
        try OperatorAction(
          actor: operation.actor, kind: .giveUpRefund, subject: order.number.text,
          reason: operation.reason,
          details: "\(refund.outRequestNo) of \(refund.amount), \(words)"
        ).record(in: &transaction, at: moment))
    }
    let news = RefundNews(
      status: .failed, outRequestNo: refund.outRequestNo, providerRefundID: nil, amount: nil,
      cause: Cause(.cancelled, "given up: \(words)"))
    let event = payment.event(
      "given_up:\(action):\(refund.outRequestNo)", .refund(news), from: .operator, at: moment)
    guard let event else { return .unclear(Cause(.other, "the refund's number is not plain")) }
    try receive(event, on: &connection)
    let ended = try Refund.list(of: order.id, in: &connection).first { $0.id == refund.id }
    guard let ended else { return .refundNotFound }
    return ended.status == .failed ? .givenUp(ended) : .notOpen(ended)
  }
}
