import Audit
public import Database
public import Vocabulary

/// What came of a decision about an operator's request, in order of precedence.
public enum RequestDecision: Hashable, Sendable {
  /// The deed is done.
  case done(OperatorRequest)
  case rejected(OperatorRequest)
  case notFound
  case alreadyDecided(OperatorRequest)
  /// Whoever asked, or whose account it is about, may not agree.
  case samePerson
  /// What is stored is not what the audit log says was asked for.
  case altered
  /// It cannot be done any more, in words.
  case impossible(String)
}

/// The second person's word about what an operator may not do alone.
public struct OperatorRequestDesk: Sendable {
  let refunds: RefundDesk
  let clock: WallClock

  public init(refunds: RefundDesk, clock: WallClock) {
    self.refunds = refunds
    self.clock = clock
  }

  /// Does what was asked for, once, if it can still be done.
  public func approve(
    _ id: Int64, actor: String, on connection: inout Connection
  ) throws(DatabaseError) -> RequestDecision {
    refunds.registry.learnAccounts()
    let moment = clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<RequestDecision> in
      guard let request = try lock(id, in: &transaction) else { return .rollback(.notFound) }
      guard request.status == .open, moment < request.expiresAt else {
        return .rollback(.alreadyDecided(request))
      }
      let approver = try OperatorPerson.of(actor, in: &transaction)
      let requester = try OperatorPerson.of(request.requestedBy, in: &transaction)
      guard !approver.isSame(as: requester), approver.userID != request.userID else {
        return .rollback(.samePerson)
      }
      guard try isAsAskedFor(request, in: &transaction) else { return .rollback(.altered) }
      if let obstacle = try carryOut(request, at: moment, in: &transaction) {
        return .rollback(.impossible(obstacle))
      }
      return .commit(
        .done(try close(request, .approved, "approved", actor, at: moment, in: &transaction)))
    }
  }

  /// Also for whoever asked.
  public func reject(
    _ id: Int64, reason: String, actor: String, on connection: inout Connection
  ) throws(DatabaseError) -> RequestDecision {
    let moment = clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<RequestDecision> in
      guard let request = try lock(id, in: &transaction) else { return .rollback(.notFound) }
      guard request.status == .open else { return .rollback(.alreadyDecided(request)) }
      return .commit(
        .rejected(try close(request, .rejected, reason, actor, at: moment, in: &transaction)))
    }
  }

  private func lock(
    _ id: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) -> OperatorRequest? {
    let known = try transaction.first(
      "SELECT id FROM operator_requests WHERE id = \(id) FOR UPDATE", as: Int64.self)
    return try known.map { (id) throws(DatabaseError) in
      try OperatorRequest.find(id, in: &transaction)
    } ?? nil
  }

  private func isAsAskedFor(
    _ request: OperatorRequest, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    guard let action = try OperatorAction.find(request.actionID, in: &transaction) else {
      return false
    }
    return action.action == OperatorAction.Kind.requestDeed.rawValue
      && action.actor == request.requestedBy && action.subject == request.subject
      && action.details == request.words && action.reason == request.reason
  }

  /// - Returns: what stands in the way; nil when it is done.
  private func carryOut(
    _ request: OperatorRequest, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> String? {
    switch request.deed {
    case .refund(let number, let amount, let rule):
      let wish = RefundWish(
        orderNumber: number, amount: amount, reason: request.reason, actor: request.requestedBy,
        rule: rule, key: request.requestKey)
      guard let wish else { return "the request cannot be read" }
      let answer = try refunds.take(wish, isApproved: true, at: moment, in: &transaction)
      return answer.obstacle
    case .grant, .deduct:
      let adjustment = CoinAdjustment(
        userID: request.userID, direction: request.deed == .grant ? .grant : .deduct,
        coins: request.coins, reason: request.reason, actor: request.requestedBy,
        key: request.requestKey)
      guard let adjustment else { return "the coins are out of bounds" }
      let outcome = try adjustment.apply(in: &transaction, at: moment)
      return outcome.obstacle
    }
  }

  private func close(
    _ request: OperatorRequest, _ status: OperatorRequest.Status, _ reason: String,
    _ actor: String, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> OperatorRequest {
    _ = try transaction.execute(
      """
      UPDATE operator_requests SET status = \(status.rawValue), decided_by = \(actor),
        decided_at = \(moment)
      WHERE id = \(request.id)
      """)
    _ = try OperatorAction(
      actor: actor, kind: status == .approved ? .approveDeed : .rejectDeed,
      subject: request.subject, reason: reason,
      details: "\(request.words), asked for by \(request.requestedBy)"
    ).record(in: &transaction, at: moment)
    return try OperatorRequest.find(request.id, in: &transaction) ?? request
  }
}

extension RefundAnswer {
  /// What stood in the way, in words; nil when it is under way.
  fileprivate var obstacle: String? {
    switch self {
    case .requested: nil
    case .waiting: "a second person has to agree"
    case .repeated: "the refund was made before"
    case .keyReused: "its key stands for another refund"
    case .orderNotFound: "there is no such order"
    case .notPaid(let status): "the order has no payment to give back: it is \(status.rawValue)"
    case .impossible(let obstacle): "nobody could carry the refund out: \(obstacle)"
    case .disputed: "a dispute is not over; a refund would pay it twice"
    case .otherCurrency(let currency): "the order was paid in \(currency)"
    case .tooMuch(let left): "only \(left) is left of the payment"
    case .tooFine(let problem): "\(problem)"
    case .coinsSpent(let needed, let available):
      "\(needed) coins would have to come back, and the wallet has \(available)"
    }
  }
}

extension CoinAdjustment.Outcome {
  /// What stood in the way, in words; nil when it is done.
  fileprivate var obstacle: String? {
    switch self {
    case .done: nil
    case .waiting: "a second person has to agree"
    case .repeated: "it was done before"
    case .keyReused: "its key stands for another action"
    case .tooFew(let balance): "the wallet has only \(balance) coins"
    }
  }
}

extension Caretaker {
  /// Ends requests that nobody has decided about in time.
  public func endOperatorRequests(on connection: inout Connection) throws(DatabaseError) {
    let moment = clock.now()
    _ = try connection.execute(
      """
      UPDATE operator_requests SET status = 'EXPIRED', decided_at = \(moment)
      WHERE status = 'OPEN' AND expires_at <= \(moment) ORDER BY id LIMIT \(OperatorRequest.rowsMax)
      """)
  }
}
