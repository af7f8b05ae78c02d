public import Audit
import Controls
public import Database
import FoundationEssentials
import HTTP
import Orders
import Provider
public import Vocabulary

/// A wish to confirm a payment by hand.
public struct ConfirmationWish: Sendable {
  let orderNumber: OrderNumber
  let outTradeNo: String
  let providerTransactionID: String?
  let reason: String
  let actor: String
  let key: String

  /// Nil when a number or the key is empty, too long or not printable.
  public init?(
    orderNumber: OrderNumber, outTradeNo: String, providerTransactionID: String?,
    by operation: Operation, key: String
  ) {
    guard RequestKey.isValid(key),
      outTradeNo.isGraphicASCII(upTo: Self.numberCharactersMax),
      providerTransactionID?.isGraphicASCII(upTo: Self.transactionIDCharactersMax) ?? true
    else { return nil }
    self.orderNumber = orderNumber
    self.outTradeNo = outTradeNo
    self.providerTransactionID = providerTransactionID
    reason = operation.reason
    actor = operation.actor
    self.key = key
  }

  private static let numberCharactersMax = ProviderEvent.outTradeNoCharactersMax
  private static let transactionIDCharactersMax = ProviderEvent.transactionIDCharactersMax
}

/// What came of a wish to confirm, or of a decision about one, in order of precedence.
public enum ConfirmationOutcome: Hashable, Sendable {
  /// The money is booked.
  case settled(Confirmation)
  /// The operators' word is recorded, and nothing is booked: the settlement held it or has not taken
  /// it up yet.
  case unbooked(Confirmation)
  /// A second operator has to agree.
  case waiting(Confirmation)
  case rejected(Confirmation)
  /// The provider itself said that it was paid; nobody's word was needed.
  case providerConfirmed
  /// The provider itself said that it was paid, and nothing is booked: the settlement held it or has
  /// not taken it up yet.
  case providerUnbooked
  case notFound
  /// Operators have stopped settlement.
  case stopped
  /// The payment's money is booked already.
  case alreadyPaid
  /// Another payment of the order brought its money already.
  case orderPaid
  /// Another request for the payment waits.
  case alreadyRequested
  /// The provider's number belongs to another payment, or the payment has another one.
  case numberTaken
  /// The key stands for another request.
  case keyReused
  /// Whoever asked may not agree.
  case samePerson
  /// The word is beyond what whoever asked may do on a day: only an administrator may agree.
  case administratorNeeded
  case alreadyDecided
  /// What is stored is not what the audit log says was asked for.
  case altered
  /// Whoever asked may not ask for it any more.
  case askerLeft
}

/// Takes an operator's word for a payment. It becomes an event of the inbox and goes through the one
/// settlement path.
public struct ConfirmationDesk: Sendable {
  let caretaker: Caretaker
  let rule: TwoPersonRule
  let operators: OperatorRule?

  /// - Parameter operators: nil where nobody's coins of a day are limited.
  public init(caretaker: Caretaker, rule: TwoPersonRule, operators: OperatorRule? = nil) {
    self.caretaker = caretaker
    self.rule = rule
    self.operators = operators
  }

  public func request(
    _ wish: ConfirmationWish, on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    guard let order = try CoinOrder.find(wish.orderNumber, in: &connection),
      let payment = try Payment.list(of: order.id, in: &connection)
        .first(where: { $0.outTradeNo == wish.outTradeNo })
    else { return .notFound }
    // After the payment was read: whoever has booked it with the same key is found.
    if let earlier = try earlier(wish, in: &connection) {
      return try settled(earlier, on: &connection)
    }
    if payment.facts.isPaid { return .alreadyPaid }
    if try Controls.load(in: &connection).settlementIsStopped { return .stopped }
    let answer = try caretaker.ask(about: payment, on: &connection)
    if case .event(.succeeded) = answer {
      let asked = try Payment.find(payment.id, in: &connection)
      return asked?.facts.isPaid == true ? .providerConfirmed : .providerUnbooked
    }
    let outcome = try RequestKey.once(on: &connection) { (connection) throws(DatabaseError) in
      try record(wish, payment, answer, on: &connection)
    }
    return try settled(outcome, on: &connection)
  }

  private func settled(
    _ outcome: ConfirmationOutcome, on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    guard case .settled(let confirmation) = outcome else { return outcome }
    return try settle(confirmation, on: &connection)
  }

  /// What the same key asked for before.
  private func earlier(
    _ wish: ConfirmationWish, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> ConfirmationOutcome? {
    guard let deed = try KeyedDeed.find(wish.key, in: &executor) else { return nil }
    guard case .confirmation(let known) = deed, known.orderNumber == wish.orderNumber,
      known.outTradeNo == wish.outTradeNo, known.reason == wish.reason,
      known.providerTransactionID == wish.providerTransactionID
    else { return .keyReused }
    switch known.status {
    case .open: return .waiting(known)
    case .approved where !known.needsSecondPerson: return .settled(known)
    case .approved, .rejected: return .alreadyDecided
    }
  }

  /// - Parameter isAdministrator: whether the second person may agree to what is beyond the limits of
  ///   whoever asked.
  public func approve(
    _ id: Int64, actor: String, isAdministrator: Bool, on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    let moment = caretaker.clock.now()
    let outcome = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<ConfirmationOutcome> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(.stopped) }
      if let known = try Confirmation.find(id, in: &transaction) {
        try OperatorPerson.hold(known.requestedBy, in: &transaction)
      }
      return try decide(
        id, .approved, by: Operation(by: actor, saying: "approved"), at: moment, in: &transaction
      ) {
        (known, transaction) throws(DatabaseError) in
        try obstacle(
          to: known, approvedBy: actor, isAdministrator: isAdministrator, at: moment,
          in: &transaction)
      }
    }
    return try settled(outcome, on: &connection)
  }

  /// Also for whoever asked.
  public func reject(
    _ id: Int64, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    let moment = caretaker.clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<ConfirmationOutcome> in
      try decide(id, .rejected, by: operation, at: moment, in: &transaction)
    }
  }

  private func record(
    _ wish: ConfirmationWish, _ payment: Payment, _ answer: ProviderAnswer?,
    on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    let moment = caretaker.clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<ConfirmationOutcome> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(.stopped) }
      _ = try CoinOrder.lock([payment.orderID], in: &transaction)
      if let earlier = try earlier(wish, in: &transaction) { return .rollback(earlier) }
      let obstacle = try obstacle(
        to: payment, number: wish.providerTransactionID, in: &transaction)
      if let obstacle { return .rollback(obstacle) }
      let waiting = try Confirmation.list(of: payment.orderID, in: &transaction)
      guard !waiting.contains(where: { $0.status == .open && $0.paymentID == payment.id }) else {
        return .rollback(.alreadyRequested)
      }
      var needsSecond = rule.applies(to: payment.facts.amount)
      if !needsSecond {
        needsSecond = try !countsAlone(payment, of: wish.actor, at: moment, in: &transaction)
      }
      let status = needsSecond ? Confirmation.Status.open : .approved
      let decidedBy: String? = needsSecond ? nil : wish.actor
      let decidedAt: Timestamp? = needsSecond ? nil : moment
      let told = TextLimit.reason.cut(answer?.text ?? "not configured")
      let number = wish.providerTransactionID ?? ConfirmationDesk.noNumber
      let result = try transaction.execute(
        """
        INSERT INTO confirmations (payment_id, provider_txn_id, provider_answer, reason, status,
          needs_second, requested_by, decided_by, request_key, created_at, decided_at)
        VALUES (\(payment.id), \(wish.providerTransactionID), \(told), \(wish.reason),
          \(status.rawValue), \(needsSecond), \(wish.actor), \(decidedBy), \(wish.key),
          \(moment), \(decidedAt))
        """)
      _ = try OperatorAction(
        actor: wish.actor, kind: .requestConfirmation, subject: wish.orderNumber.text,
        reason: wish.reason,
        details: "\(payment.facts.amount), \(payment.outTradeNo) (\(number)): \(told)",
        requestKey: wish.key
      ).record(in: &transaction, at: moment)
      guard let confirmation = try Confirmation.find(result.lastInsertID, in: &transaction) else {
        throw DatabaseError.inconsistent("confirmation \(result.lastInsertID) was not written")
      }
      return .commit(needsSecond ? .waiting(confirmation) : .settled(confirmation))
    }
  }

  /// Counts the coins of an order among what somebody did on the day, unless their word would credit an
  /// account of their own or be beyond the limit.
  ///
  /// - Returns: false when nothing was counted.
  private func countsAlone(
    _ payment: Payment, of actor: String, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    guard let order = try CoinOrder.lock([payment.orderID], in: &transaction).first else {
      return false
    }
    let person = try OperatorPerson.of(actor, in: &transaction)
    guard let operators else { return person.userID != order.userID }
    return try operators.admits(
      person, for: order.userID, coins: order.totalCoins, at: moment, in: &transaction)
  }

  /// What keeps a second person from agreeing.
  private func obstacle(
    to known: Confirmation, approvedBy actor: String, isAdministrator: Bool, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> ConfirmationOutcome? {
    guard let payment = try Payment.find(known.paymentID, in: &transaction),
      let order = try CoinOrder.lock([payment.orderID], in: &transaction).first
    else { throw DatabaseError.inconsistent("payment \(known.paymentID) vanished") }
    let requester = known.requestedBy
    let asker = try OperatorPerson.of(requester, in: &transaction)
    let approver = try OperatorPerson.of(actor, in: &transaction)
    guard !approver.isSame(as: asker), approver.userID != order.userID else { return .samePerson }
    guard try isAsAskedFor(known, in: &transaction) else { return .altered }
    guard try OperatorPerson.mayStillAsk(requester, in: &transaction) else { return .askerLeft }
    let obstacle = try obstacle(
      to: payment, number: known.providerTransactionID, in: &transaction)
    if let obstacle { return obstacle }
    // An operator's word adds nothing to what another one may do on a day.
    if isAdministrator { return nil }
    let isCounted = try countsAlone(payment, of: requester, at: moment, in: &transaction)
    return isCounted ? nil : .administratorNeeded
  }

  /// What stands in the way now, with the order and its payments locked: asked when somebody wishes it
  /// and again when the second person agrees, since much may happen in between.
  private func obstacle(
    to payment: Payment, number: String?, in transaction: inout Transaction
  ) throws(DatabaseError) -> ConfirmationOutcome? {
    let order = try CoinOrder.lock([payment.orderID], in: &transaction).first
    let payments = try Payment.lock(of: [payment.orderID], in: &transaction)
    guard let order, let current = payments.first(where: { $0.id == payment.id }) else {
      return .notFound
    }
    if current.facts.isPaid { return .alreadyPaid }
    if order.storedStatus.wasCredited { return .orderPaid }
    guard let number else { return nil }
    if let known = current.facts.providerTransactionID, known != number { return .numberTaken }
    return try belongsElsewhere(number, payment, in: &transaction) ? .numberTaken : nil
  }

  /// Whether a provider's number is that of another payment, or the provider has said that it is the
  /// number of something else: also money that was held, kept in suspense, or told of only after it
  /// was booked on somebody's word. What operators said is no proof of it.
  private func belongsElsewhere(
    _ number: String, _ payment: Payment, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    let provider = payment.facts.provider
    let owner = try transaction.first(
      """
      SELECT id FROM payments
      WHERE provider = \(provider) AND provider_txn_id = \(number) AND id <> \(payment.id) LIMIT 1
      """, as: PaymentID.self)
    if owner != nil { return true }
    let told = try transaction.first(
      """
      SELECT id FROM payment_events
      WHERE provider = \(provider) AND provider_txn_id = \(number) AND source <> 'OPERATOR'
        AND out_trade_no <> \(payment.outTradeNo) LIMIT 1
      """, as: EventID.self)
    return told != nil
  }

  /// - Parameter obstacle: what stands in the way of the decision about an open request.
  private func decide(
    _ id: Int64, _ status: Confirmation.Status, by operation: Operation,
    at moment: Timestamp, in transaction: inout Transaction,
    unless obstacle: (
      Confirmation, inout Transaction
    ) throws(DatabaseError) -> ConfirmationOutcome? = { (_, _) throws(DatabaseError) in nil }
  ) throws(DatabaseError) -> Completion<ConfirmationOutcome> {
    guard let known = try Confirmation.lock(id, in: &transaction) else {
      return .rollback(.notFound)
    }
    guard known.status == .open else { return .rollback(.alreadyDecided) }
    if let obstacle = try obstacle(known, &transaction) { return .rollback(obstacle) }
    let decided = try known.close(
      status, by: operation, in: &transaction, at: moment)
    return .commit(status == .approved ? .settled(decided) : .rejected(decided))
  }

  /// In the audit log, where the provider's number was not said.
  private static let noNumber = "no number"

  /// Whether what is stored is what the audit log says of the request.
  private func isAsAskedFor(
    _ known: Confirmation, in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    let number = known.providerTransactionID ?? ConfirmationDesk.noNumber
    let words = ", \(known.outTradeNo) (\(number)): "
    // As an older version wrote it.
    let oldWords = ", \(known.outTradeNo): "
    let action = try transaction.first(
      """
      SELECT id FROM operator_actions
      WHERE action = \(OperatorAction.Kind.requestConfirmation.rawValue)
        AND subject = \(known.orderNumber.text) AND actor = \(known.requestedBy)
        AND created_at = \(known.createdAt) AND reason = \(known.reason)
        AND (LOCATE(\(words), details) > 0 OR LOCATE(\(oldWords), details) > 0) LIMIT 1
      """, as: Int64.self)
    return action != nil
  }

  /// Says that the money is booked only when it is.
  private func settle(
    _ confirmation: Confirmation, on connection: inout Connection
  ) throws(DatabaseError) -> ConfirmationOutcome {
    try caretaker.settle(confirmation, on: &connection)
    let settled = try Confirmation.find(confirmation.id, in: &connection) ?? confirmation
    let payment = try Payment.find(confirmation.paymentID, in: &connection)
    return payment?.facts.isPaid == true ? .settled(settled) : .unbooked(settled)
  }
}

extension Confirmation {
  /// The numbers of those that wait.
  static func open(
    _ condition: SQL, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Int64] {
    try transaction.all(
      """
      SELECT c.id FROM confirmations c JOIN payments p ON p.id = c.payment_id
      JOIN coin_orders o ON o.id = p.order_id WHERE c.status = 'OPEN' AND \(condition)
      ORDER BY c.id LIMIT \(rowsMax)
      """, as: Int64.self)
  }

  /// Its row alone is locked, not those of its payment and order.
  static func lock(
    _ id: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) -> Confirmation? {
    let known = try transaction.first(
      "SELECT id FROM confirmations WHERE id = \(id) FOR UPDATE", as: Int64.self)
    return known == nil ? nil : try find(id, in: &transaction)
  }

  /// Writes the decision down, with its line in the audit log.
  func close(
    _ status: Status, by operation: Operation, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> Confirmation {
    _ = try transaction.execute(
      """
      UPDATE confirmations SET status = \(status.rawValue), decided_by = \(operation.actor),
        decided_at = \(moment) WHERE id = \(id)
      """)
    try operation.record(
      status == .approved ? .approveConfirmation : .rejectConfirmation, of: orderNumber.text,
      details: "\(amount), \(outTradeNo), asked for by \(requestedBy)", in: &transaction,
      at: moment)
    guard let decided = try Confirmation.find(id, in: &transaction) else {
      throw DatabaseError.inconsistent("confirmation \(id) vanished")
    }
    return decided
  }
}

extension Caretaker {
  /// What the sealed body of an operator's event says: on whose word the money was booked.
  private struct Word: Encodable {
    let confirmation: Int64
    let requestedBy: String
    let decidedBy: String?
    let reason: String
    let providerAnswer: String

    enum CodingKeys: String, CodingKey {
      case confirmation, reason
      case requestedBy = "requested_by"
      case decidedBy = "decided_by"
      case providerAnswer = "provider_answer"
    }
  }

  /// Hands an approved confirmation in, like a notification; twice is the same as once.
  func settle(
    _ confirmation: Confirmation, on connection: inout Connection
  ) throws(DatabaseError) {
    guard let payment = try Payment.find(confirmation.paymentID, in: &connection) else {
      throw DatabaseError.inconsistent("payment \(confirmation.paymentID) vanished")
    }
    let key = "confirmation:\(confirmation.id)"
    let event = payment.event(
      key, .succeeded(ReportedAmount(payment.facts.amount)), from: .operator,
      transactionID: confirmation.providerTransactionID,
      at: confirmation.decidedAt ?? confirmation.createdAt)
    guard let event else {
      throw DatabaseError.inconsistent("confirmation \(confirmation.id) has a number out of bounds")
    }
    let word = Word(
      confirmation: confirmation.id, requestedBy: confirmation.requestedBy,
      decidedBy: confirmation.decidedBy, reason: confirmation.reason,
      providerAnswer: confirmation.providerAnswer)
    let received = ReceivedEvent(
      event: event, body: JSON.encode(word), receivedAt: clock.now())
    for result in desk.receive([received], on: &connection) { _ = try result.get() }
    _ = try connection.execute(
      """
      UPDATE confirmations SET event_id = (
        SELECT id FROM payment_events
        WHERE provider = \(payment.facts.provider) AND event_key = \(key))
      WHERE id = \(confirmation.id)
      """)
  }

  /// After so long an approved confirmation without an event is one whose process died.
  private static let unsettledSeconds: Int64 = 60

  /// Settles confirmations that were approved while a process died.
  /// - Returns: their number.
  public func settleConfirmations(
    on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    let wait = Schedule(longestPauseSeconds: Caretaker.unsettledSeconds)
    let left = try Confirmation.unsettled(for: wait, at: clock.now(), in: &connection)
    for confirmation in left { try settle(confirmation, on: &connection) }
    return left.count
  }
}
