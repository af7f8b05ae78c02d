public import Audit
import Controls
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
  /// Whoever asked may not ask for it any more.
  case askerLeft
  /// Operators have stopped settlement; the request still waits.
  case stopped
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
      // Only a refund goes by it, but whatever asks it locks it first of all.
      _ = try Controls.settlementIsStopped(in: &transaction)
      if let known = try OperatorRequest.find(id, in: &transaction) {
        let isOfCoins = known.deed == .grant || known.deed == .deduct
        try OperatorPerson.hold(
          known.requestedBy, and: isOfCoins ? known.userID : nil, in: &transaction)
      }
      guard let request = try OperatorRequest.lock(id, in: &transaction) else {
        return .rollback(.notFound)
      }
      guard request.status == .open, moment < request.expiresAt else {
        return .rollback(.alreadyDecided(request))
      }
      let approver = try OperatorPerson.of(actor, in: &transaction)
      let requester = try OperatorPerson.of(request.requestedBy, in: &transaction)
      guard !approver.isSame(as: requester), approver.userID != request.userID else {
        return .rollback(.samePerson)
      }
      guard try isAsAskedFor(request, in: &transaction) else { return .rollback(.altered) }
      guard try OperatorPerson.mayStillAsk(request.requestedBy, in: &transaction) else {
        return .rollback(.askerLeft)
      }
      if let obstacle = try carryOut(request, at: moment, in: &transaction) {
        return .rollback(obstacle)
      }
      let approved = try request.close(
        .approved, by: Operation(by: actor, saying: "approved"), in: &transaction, at: moment)
      return .commit(.done(approved))
    }
  }

  /// Also for whoever asked.
  public func reject(
    _ id: Int64, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> RequestDecision {
    let moment = clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<RequestDecision> in
      guard let request = try OperatorRequest.lock(id, in: &transaction) else {
        return .rollback(.notFound)
      }
      guard request.status == .open else { return .rollback(.alreadyDecided(request)) }
      let rejected = try request.close(
        .rejected, by: operation, in: &transaction, at: moment)
      return .commit(.rejected(rejected))
    }
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
  ) throws(DatabaseError) -> RequestDecision? {
    guard let operation = Operation(by: request.requestedBy, reason: request.reason) else {
      return .impossible("the request says no reason")
    }
    switch request.deed {
    case .refund(let number, let amount, let rule, let isForAll):
      let wish = RefundWish(
        orderNumber: number, amount: amount, by: operation, rule: rule, key: request.requestKey)
      guard var wish else { return .impossible("the request cannot be read") }
      wish.isForAll = isForAll
      let answer = try refunds.take(wish, isApproved: true, at: moment, in: &transaction)
      if case .stopped = answer { return .stopped }
      return answer.obstacle.map { .impossible($0) }
    case .grant, .deduct:
      let adjustment = CoinAdjustment(
        userID: request.userID, direction: request.deed == .grant ? .grant : .deduct,
        coins: request.coins, by: operation, key: request.requestKey)
      guard let adjustment else { return .impossible("the coins are out of bounds") }
      let outcome = try adjustment.apply(in: &transaction, at: moment)
      return outcome.obstacle.map { .impossible($0) }
    }
  }
}

extension OperatorRequest {
  /// The numbers of those that wait.
  static func open(
    _ condition: SQL, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Int64] {
    try transaction.all(
      """
      SELECT r.id FROM operator_requests r WHERE r.status = 'OPEN' AND \(condition)
      ORDER BY r.id LIMIT \(rowsMax)
      """, as: Int64.self)
  }

  /// Its row alone is locked, not the user's.
  static func lock(
    _ id: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) -> OperatorRequest? {
    let known = try transaction.first(
      "SELECT id FROM operator_requests WHERE id = \(id) FOR UPDATE", as: Int64.self)
    return known == nil ? nil : try find(id, in: &transaction)
  }

  /// Writes the decision down, with its line in the audit log.
  func close(
    _ status: Status, by operation: Operation, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> OperatorRequest {
    _ = try transaction.execute(
      """
      UPDATE operator_requests SET status = \(status.rawValue), decided_by = \(operation.actor),
        decided_at = \(moment)
      WHERE id = \(id)
      """)
    try operation.record(
      status == .approved ? .approveDeed : .rejectDeed, of: subject,
      details: "\(words), asked for by \(requestedBy)", in: &transaction, at: moment)
    return try OperatorRequest.find(id, in: &transaction) ?? self
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
