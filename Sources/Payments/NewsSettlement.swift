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

  /// - Returns: what was done, for the inbox and the log.
  func settle(in transaction: inout Transaction) throws(DatabaseError) -> SettlementOutcome {
    switch event.kind {
    case .refund(let news): return try settle(news, in: &transaction)
    case .dispute(let news): return try settle(news, in: &transaction)
    case .succeeded, .failed, .attemptFailed, .closed, .pending: return .ignored(.noted)
    }
  }

  private func settle(
    _ news: RefundNews, in transaction: inout Transaction
  ) throws(DatabaseError) -> SettlementOutcome {
    let refunds = try Refund.lock(of: [payment.id], in: &transaction)
    let decision = RefundDecision.of(
      payment: payment.facts, refunds: refunds, event: event, news: news)
    switch decision {
    case .advance(let id, let status, let cause):
      guard let refund = refunds.first(where: { $0.id == id }) else { return .ignored(.noted) }
      try advance(refund, to: status, cause, news, in: &transaction)
      try followDuplicate(in: &transaction)
      try writeOrderStatus(in: &transaction)
      FaultPoint.refundNewsSettled.reached()
      return .refund(status)
    case .revive(let id):
      guard let refund = refunds.first(where: { $0.id == id }) else { return .ignored(.noted) }
      try revive(refund, refunds, news, in: &transaction)
      try followDuplicate(in: &transaction)
      try writeOrderStatus(in: &transaction)
      return .refundAfterFailure
    case .doubt(let id):
      try ask(aboutRefund: id, in: &transaction)
      return .confirming
    case .book(let amount):
      try book(amount, .succeeded, refunds, news, in: &transaction)
      try followDuplicate(in: &transaction)
      try writeOrderStatus(in: &transaction)
      return .refund(.succeeded)
    case .bookFailure(let amount):
      try book(amount, .failed, refunds, news, in: &transaction)
      return .ignored(.noted)
    case .wait: throw tooEarly
    case .hold(let mismatch): return .suspicious(mismatch)
    case .ignore(let reason): return .ignored(reason)
    }
  }

  /// Leaves the event in the queue: its payment's own success was lost and is being asked for, or
  /// another refund has to end first.
  private var tooEarly: DatabaseError {
    .inconsistent("news of a refund or dispute came before what it follows from")
  }

  private func advance(
    _ refund: Refund, to status: RefundStatus, _ cause: Cause?, _ news: RefundNews,
    in transaction: inout Transaction
  ) throws(DatabaseError) {
    let due = status == .pending ? moment.adding(seconds: RefundSchedule.firstQuerySeconds) : nil
    _ = try transaction.execute(
      """
      UPDATE refunds SET status = \(status),
        provider_refund_id = COALESCE(provider_refund_id, \(news.providerRefundID)),
        cause = \(cause?.description), next_attempt_at = \(due), updated_at = \(moment)
      WHERE id = \(refund.id)
      """)
    guard status == .failed else { return }
    try Journal.post(
      Posting.moving(
        refund.share, kinds: (.refundReturn, .refundBonusReturn),
        reference: refund.reference(inboxEvent.id), order: order, eventID: inboxEvent.id),
      in: &transaction, at: moment)
    try freeze(refund, in: &transaction)
  }

  /// While a dispute keeps the order's coins, it keeps those too that a failed refund gives back.
  private func freeze(
    _ refund: Refund, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let disputes = try Dispute.lock(of: [payment.id], in: &transaction)
    guard var dispute = disputes.first(where: \.isUnfavourable), foreignRule != .leave else {
      return
    }
    let coins = min(refund.share.total, try lockTakeable(in: &transaction))
    dispute.coinsFrozen += coins
    try dispute.write(in: &transaction, at: moment)
    try post(
      .disputeHold, coins, reference: "\(refund.reference(inboxEvent.id))_D", in: &transaction)
  }

  private func book(
    _ amount: ReportedAmount, _ status: RefundStatus, _ refunds: [Refund], _ news: RefundNews,
    in transaction: inout Transaction
  ) throws(DatabaseError) {
    guard let money = Money(minorUnits: amount.minorUnits, currency: payment.facts.amount.currency)
    else { throw DatabaseError.inconsistent("a refund's amount is out of bounds") }
    let new = NewRefund(
      payment: payment,
      outRequestNo: news.outRequestNo
        ?? Refund.outRequestNo(payment.outTradeNo, refunds.count + 1),
      providerRefundID: news.providerRefundID, amount: money, status: status,
      share: status == .failed ? .none : try share(of: money, refunds, in: &transaction),
      reason: "refunded at the provider",
      actor: event.actor, requestKey: nil)
    try new.insert(in: &transaction, at: moment)
    try Journal.post(
      new.postings(of: order, eventID: inboxEvent.id), in: &transaction, at: moment)
  }

  /// What is taken of the coins that belong to money that was given back.
  func share(
    of money: Money, _ refunds: [Refund], in transaction: inout Transaction
  ) throws(DatabaseError) -> CoinShare {
    guard payment.facts.status == .succeeded, foreignRule != .leave else { return .none }
    let before = refunds.filter { $0.status != .failed }.reduce(Int64(0)) {
      $0 + $1.amount.minorUnits
    }
    let whole = CoinShare.of(
      money.minorUnits, before: before, paid: payment.facts.amount.minorUnits,
      coins: order.coins, bonusCoins: order.bonusCoins)
    return whole.limited(to: try lockTakeable(in: &transaction))
  }

  /// What the rule may take out of the wallet. The money is gone already: it cannot be refused.
  private func lockTakeable(in transaction: inout Transaction) throws(DatabaseError) -> Int64 {
    try Wallet.lockSpendable(
      of: order.userID, downToZero: foreignRule == .takeBackToZero, in: &transaction)
  }

  private func settle(
    _ news: DisputeNews, in transaction: inout Transaction
  ) throws(DatabaseError) -> SettlementOutcome {
    if let mismatch = Decision.identityMismatch(payment.facts, event) {
      return .suspicious(mismatch)
    }
    guard payment.facts.isPaid else {
      if payment.facts.status == .suspicious { return .ignored(.noted) }
      throw tooEarly
    }
    let known = try Dispute.lock(of: [payment.id], in: &transaction)
      .first { $0.disputeID == news.disputeID }
    var dispute =
      known
      ?? Dispute(
        id: nil, paymentID: payment.id, disputeID: news.disputeID, status: .inquiry,
        amount: news.amount, coinsFrozen: 0, respondBy: nil, reason: news.reason.description)
    guard known == nil || dispute.status.canBecome(news.status) else {
      return .ignored(.alreadySettled)
    }
    try move(&dispute, to: news.status, in: &transaction)
    dispute.respondBy = news.respondBy ?? dispute.respondBy
    try dispute.write(in: &transaction, at: moment)
    try writeOrderStatus(in: &transaction)
    return .dispute(dispute.status, respondBy: dispute.respondBy)
  }

  /// Freezes coins when money is withdrawn, and gives them back when the dispute is won.
  private func move(
    _ dispute: inout Dispute, to status: DisputeNews.Status, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let wasUnfavourable = dispute.isUnfavourable
    dispute.status = status
    if dispute.isUnfavourable, !wasUnfavourable {
      dispute.coinsFrozen = try coinsLeft(in: &transaction)
      try post(
        .disputeHold, dispute.coinsFrozen, reference: reference(dispute), in: &transaction)
    } else if status == .won, wasUnfavourable {
      try post(
        .disputeRelease, dispute.coinsFrozen, reference: reference(dispute), in: &transaction)
    }
  }

  private func reference(_ dispute: Dispute) -> String {
    "\(payment.outTradeNo)_D\(dispute.disputeID.suffix(24))"
  }

  /// The order's coins that refunds have not taken, as far as the wallet has them.
  private func coinsLeft(in transaction: inout Transaction) throws(DatabaseError) -> Int64 {
    guard payment.facts.status == .succeeded, foreignRule != .leave else { return 0 }
    let taken = try Refund.lock(of: [payment.id], in: &transaction)
      .filter { $0.status != .failed }.reduce(Int64(0)) { $0 + $1.share.total }
    return min(max(0, order.totalCoins - taken), try lockTakeable(in: &transaction))
  }

  private func post(
    _ kind: Posting.Kind, _ coins: Int64, reference: String, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let posting = Posting(
      kind: kind, reference: reference, userID: order.userID, coins: coins, orderID: order.id,
      eventID: inboxEvent.id)
    guard let posting else { return }
    try Journal.post([posting], in: &transaction, at: moment)
  }

  /// The order follows the payment that paid it; a second payment's refund does not touch it.
  private func writeOrderStatus(in transaction: inout Transaction) throws(DatabaseError) {
    guard payment.facts.status == .succeeded else { return }
    try order.followRefunds(
      of: payment, actor: event.actor, eventID: inboxEvent.id, in: &transaction, at: moment)
  }
}

extension DisputeNews.Status {
  /// A dispute only goes forward: an inquiry that is heard of late undoes nothing.
  func canBecome(_ next: DisputeNews.Status) -> Bool {
    switch self {
    case .inquiry: next != .inquiry
    case .opened: next == .won || next == .lost
    case .won, .lost: false
    }
  }
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
      cause: "refund_or_dispute", eventID: eventID)
    try Transition.record([change], in: &transaction, at: moment)
  }
}
