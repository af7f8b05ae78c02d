import Database
import Ledger
import Orders
import Provider
import Threads
import Vocabulary

/// Settles news about refunds and disputes: events of payments that are over. They are rare, so each
/// is settled alone, under the same locks in the same order as a payment: order, payments, refunds
/// and disputes, wallet.
struct NewsSettlement {
  let order: CoinOrder
  let payment: Payment
  let inboxEvent: InboxEvent
  let moment: Timestamp
  /// What becomes of the coins when money was given back without us.
  let foreignRule: RefundRule

  private var event: ProviderEvent { inboxEvent.event }

  /// What was done, for the inbox and the log.
  struct Result {
    let outcome: SettlementOutcome
    /// Coins that belong to money that is gone and that the wallet did not have any more.
    var missingCoins: Int64 = 0
  }

  func settle(in transaction: inout Transaction) throws(DatabaseError) -> Result {
    switch event.kind {
    case .refund(let news): return try settle(news, in: &transaction)
    case .dispute(let news): return try settle(news, in: &transaction)
    case .succeeded, .refunded, .failed, .attemptFailed, .closed, .pending, .changed:
      return Result(outcome: .ignored(.noted))
    }
  }

  private func settle(
    _ news: RefundNews, in transaction: inout Transaction
  ) throws(DatabaseError) -> Result {
    let book = try ClaimBook.lock(order, payment, in: &transaction)
    let decision = RefundDecision.of(
      payment: payment.facts, refunds: book.refunds, event: event, news: news,
      receivedAt: try receivedAt(in: &transaction),
      partsFound: try partsFound(among: book.refunds, in: &transaction))
    switch decision {
    case .advance(let id, let status, let cause):
      guard let refund = book.refunds.first(where: { $0.id == id }) else {
        return Result(outcome: .ignored(.noted))
      }
      let missing = try advance(refund, to: status, cause, news, book, in: &transaction)
      try follow(refundEnded: !status.isOpen, in: &transaction)
      FaultPoint.refundNewsSettled.reached()
      let isDoubted = status == .failed && book.refunds.contains { $0.id != id && $0.isAskedAbout }
      return Result(
        outcome: isDoubted ? .refundFailedBesideDoubt : .refund(status), missingCoins: missing)
    case .revive(let id, let ended):
      return try revive(id, inPlaceOf: ended, news, in: &transaction)
    case .doubt(let id):
      try ask(aboutRefund: id, in: &transaction)
      return Result(outcome: .confirming)
    case .reviveLater(let id):
      try askLater(aboutRefund: id, in: &transaction)
      return Result(outcome: .confirming)
    case .name(let id, let number):
      try name(id, number, in: &transaction)
      return Result(outcome: .ignored(.alreadySettled))
    case .book(let amount, let ended):
      return try enter(amount, .succeeded, news, inPlaceOf: ended, in: &transaction)
    case .bookFailure(let amount):
      _ = try enter(amount, .failed, news, book, in: &transaction)
      return Result(outcome: .ignored(.noted))
    case .bookPending(let amount, let ended):
      return try enter(amount, .pending, news, inPlaceOf: ended, in: &transaction)
    case .wait: throw tooEarly
    case .hold(let mismatch): return Result(outcome: .suspicious(mismatch))
    case .ignore(let reason): return Result(outcome: .ignored(reason))
    }
  }

  private func receivedAt(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Timestamp? {
    if let arrival = inboxEvent.arrival { return arrival.receivedAt }
    return try transaction.first(
      "SELECT received_at FROM payment_events WHERE id = \(inboxEvent.id)", as: Timestamp.self)
  }

  /// The numbers and amounts that news gave of refunds which totals had told of together.
  private func partsFound(
    among refunds: [Refund], in transaction: inout Transaction
  ) throws(DatabaseError) -> [String: Int64] {
    guard refunds.contains(where: \.isUnnumbered) else { return [:] }
    let rows = try transaction.all(
      """
      SELECT DISTINCT COALESCE(news_no, news_id), amount FROM payment_events
      WHERE payment_id = \(payment.id) AND kind = 'REFUND' AND news_status = 'SUCCEEDED'
        AND outcome = 'IGNORED' AND amount > 0 AND NOT COALESCE(amount_is_total, FALSE)
        AND COALESCE(news_no, news_id) IS NOT NULL
      """, as: (String, Int64).self)
    return Dictionary(rows) { first, _ in first }.filter { number, _ in
      !refunds.contains { $0.outRequestNo == number || $0.providerRefundID == number }
    }
  }

  /// Leaves the event in the queue: its payment's own success was lost and is being asked for, what
  /// the payment is has to be found out, or another refund has to end first.
  private var tooEarly: DatabaseError {
    .inconsistent("news of a refund or dispute came before what it follows from")
  }

  func follow(
    refundEnded: Bool, in transaction: inout Transaction
  ) throws(DatabaseError) {
    try followDuplicate(in: &transaction)
    try writeOrderStatus(in: &transaction)
    guard refundEnded else { return }
    try WaitingNews.wake(
      of: [payment], except: inboxEvent.id, in: &transaction, at: moment)
  }

  /// - Returns: the coins that should have been taken and could not.
  func advance(
    _ refund: Refund, to status: RefundStatus, _ cause: Cause?, _ news: RefundNews?,
    _ book: ClaimBook, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    let due = status == .pending ? moment.adding(seconds: RefundSchedule.firstQuerySeconds) : nil
    let rule = refund.coinRule ?? foreignRule
    _ = try transaction.execute(
      """
      UPDATE refunds SET status = \(status),
        provider_refund_id = COALESCE(provider_refund_id, \(news?.providerRefundID)),
        cause = \(cause?.description), next_attempt_at = \(due), updated_at = \(moment)
      WHERE id = \(refund.id)
      """)
    let name = CoinClaims.Name.refund(refund.outRequestNo)
    var claims = book.claims
    var missing: Int64 = 0
    switch (refund.status, status) {
    case (.failed, .failed): return 0
    case (_, .failed): claims.end(name)
    case (.failed, _):
      missing = claims.begin(name, available: try lockTakeable(rule, in: &transaction))
    default: return 0
    }
    try book.write(
      claims, since: book.claims, eventID: inboxEvent.id, in: &transaction, at: moment)
    return missing
  }

  /// Enters a refund that was made without us, and ends those that find no room beside it.
  private func enter(
    _ amount: ReportedAmount, _ status: RefundStatus, _ news: RefundNews,
    inPlaceOf ended: [RefundID], in transaction: inout Transaction
  ) throws(DatabaseError) -> Result {
    try end(ended, "one was made at the provider", in: &transaction)
    let book = try ClaimBook.lock(order, payment, in: &transaction)
    let missing = try enter(amount, status, news, book, in: &transaction)
    try follow(refundEnded: status == .succeeded || !ended.isEmpty, in: &transaction)
    return Result(
      outcome: ended.isEmpty ? .refund(status) : .refundInPlace(status), missingCoins: missing)
  }

  /// Enters a refund that was made without us.
  private func enter(
    _ amount: ReportedAmount, _ status: RefundStatus, _ news: RefundNews, _ book: ClaimBook,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    guard let money = Money(minorUnits: amount.minorUnits, currency: payment.facts.amount.currency)
    else { throw DatabaseError.inconsistent("a refund's amount is out of bounds") }
    let number = news.outRequestNo ?? Refund.nextNumber(of: payment, after: book.refunds)
    let new = NewRefund(
      payment: payment, outRequestNo: number,
      ledgerReference: Refund.ledgerReference(of: number, payment, after: book.refunds),
      providerRefundID: news.providerRefundID, amount: money, status: status,
      coinRule: foreignRule, reason: "refunded at the provider", actor: event.actor,
      requestKey: nil)
    try new.insert(in: &transaction, at: moment)
    guard status != .failed else { return 0 }
    var claims = book.claims
    claims.put(new.claim)
    let missing = claims.begin(
      new.claim.name, available: try lockTakeable(foreignRule, in: &transaction))
    try ClaimBook.lock(order, payment, in: &transaction).write(
      claims, since: book.claims, eventID: inboxEvent.id, in: &transaction, at: moment)
    return missing
  }

  /// What a rule may take out of the wallet. The money is gone already: it cannot be refused.
  private func lockTakeable(
    _ rule: RefundRule, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    try Wallet.lockSpendable(
      of: order.userID, downToZero: rule == .takeBackToZero, in: &transaction)
  }

  private func settle(
    _ news: DisputeNews, in transaction: inout Transaction
  ) throws(DatabaseError) -> Result {
    if let mismatch = Decision.identityMismatch(payment.facts, event) {
      return Result(outcome: .suspicious(mismatch))
    }
    guard payment.facts.isPaid else { throw tooEarly }
    let book = try ClaimBook.lock(order, payment, in: &transaction)
    let known = book.disputes.first { $0.disputeID == news.disputeID }
    var dispute =
      known
      ?? Dispute(
        id: nil, paymentID: payment.id, disputeID: news.disputeID, status: .inquiry,
        amount: news.amount, coinsFrozen: 0, respondBy: nil, reason: news.reason.description,
        newsAt: event.occurredAt)
    let step = known?.step(to: news.status, at: event.occurredAt, now: moment) ?? .forward
    guard step != .stale else {
      let isOtherEnd = news.status.isEnd && news.status != dispute.status
      return Result(outcome: .ignored(isOtherEnd ? .olderEnd : .alreadySettled))
    }
    dispute.amount = dispute.amount(after: news, step, at: event.occurredAt)
    dispute.newsAt = event.occurredAt
    dispute.respondBy = news.respondBy ?? dispute.respondBy
    let hasChangedAmount = known.map { $0.amount != dispute.amount } ?? false
    guard step != .same || hasChangedAmount else {
      try dispute.write(in: &transaction, at: moment)
      return Result(outcome: .ignored(.alreadySettled))
    }
    let missing = try move(&dispute, to: news.status, book, in: &transaction)
    try followDuplicate(in: &transaction)
    try writeOrderStatus(in: &transaction)
    let wasUnfavourable = known?.isUnfavourable ?? false
    return Result(
      outcome: .dispute(
        dispute.status, respondBy: dispute.respondBy, hasChangedEnd: step == .otherEnd,
        hasChangedAmount: hasChangedAmount && wasUnfavourable && dispute.isUnfavourable),
      missingCoins: missing)
  }

  /// Freezes coins when money is withdrawn, and gives them back when the dispute is won.
  ///
  /// - Returns: the coins that should have been frozen and could not.
  private func move(
    _ dispute: inout Dispute, to status: DisputeNews.Status, _ book: ClaimBook,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    let wasUnfavourable = dispute.isUnfavourable
    dispute.status = status
    if dispute.isUnfavourable, !wasUnfavourable { dispute.coinRule = foreignRule }
    try dispute.write(in: &transaction, at: moment)
    var claims = book.claims
    let name = CoinClaims.Name.dispute(dispute.disputeID)
    var missing: Int64 = 0
    switch (wasUnfavourable, dispute.isUnfavourable) {
    case (false, true):
      claims.put(book.claim(begun: dispute))
      missing = claims.begin(name, available: try lockTakeable(foreignRule, in: &transaction))
    case (true, true):
      let amount = dispute.minorUnits(of: payment.facts.amount)
      guard claims[name]?.amount != amount else { return 0 }
      let rule = dispute.coinRule ?? foreignRule
      missing = claims.change(
        name, to: amount, available: try lockTakeable(rule, in: &transaction))
    case (true, false): claims.end(name)
    case (false, false): return 0
    }
    try book.write(
      claims, since: book.claims, eventID: inboxEvent.id, in: &transaction, at: moment)
    return missing
  }

  /// The order follows the payment that paid it; a second payment's refund does not touch it.
  private func writeOrderStatus(in transaction: inout Transaction) throws(DatabaseError) {
    guard payment.facts.status == .succeeded else { return }
    try order.followRefunds(
      of: payment, actor: event.actor, eventID: inboxEvent.id, in: &transaction, at: moment)
  }
}

extension Dispute {
  /// What news makes of a dispute that is known.
  enum Step {
    /// It tells how things were before.
    case stale
    /// Nothing new but the time.
    case same
    case forward
    /// It was decided, and now it is otherwise.
    case otherEnd
  }

  /// A dispute cannot be known from a time that is further ahead than clocks differ, in seconds: such a
  /// time was taken from a clock of ours that was wrong.
  private static let clockDifferenceSecondsMax: Int64 = 900

  /// Events come in any order: what came about last is true. Of what came about in the same second, or
  /// when nobody knows, the decision is the later, and an inquiry never undoes anything.
  func step(to next: DisputeNews.Status, at moment: Timestamp, now: Timestamp) -> Step {
    let newestPossible = now.adding(seconds: Dispute.clockDifferenceSecondsMax)
    let since = newsAt.map { $0 > newestPossible ? moment : $0 } ?? moment
    if status == .inquiry, next != .inquiry { return .forward }
    guard moment >= since, next != .inquiry || status == .inquiry else { return .stale }
    if next == status { return .same }
    guard status.isEnd else { return .forward }
    return next.isEnd || moment > since ? .otherEnd : .stale
  }

  /// What it is about after news that is not stale. Of two amounts of one state and one moment the larger
  /// counts, whichever came first.
  func amount(after news: DisputeNews, _ step: Step, at moment: Timestamp) -> ReportedAmount {
    guard id != nil, step == .same, moment == newsAt,
      news.amount.currencyCode == amount.currencyCode,
      news.amount.minorUnits < amount.minorUnits
    else { return news.amount }
    return amount
  }
}

extension DisputeNews.Status {
  /// Whether the bank has decided.
  var isEnd: Bool { self == .won || self == .lost }
}

extension CoinOrder {
  /// Writes the state that refunds and disputes of its payment have brought about.
  func followRefunds(
    of payment: Payment, actor: String, eventID: EventID?, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    let refunds = try Refund.lock(of: [payment.id], in: &transaction)
    let disputes = try Dispute.lock(of: [payment.id], in: &transaction)
    let status = OrderStatus.afterPayment(
      paid: payment.facts.amount, refunds: refunds,
      hasOpenDispute: disputes.contains(where: \.isUnfavourable))
    guard status != storedStatus else { return }
    _ = try transaction.execute(
      "UPDATE coin_orders SET status = \(status), updated_at = \(moment) WHERE id = \(id)")
    let change = Transition(
      orderID: id, change: .order(from: storedStatus, to: status), actor: actor,
      cause: TransitionCause.refundOrDispute.rawValue, eventID: eventID)
    try Transition.record([change], in: &transaction, at: moment)
  }
}
