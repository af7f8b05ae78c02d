import Crypto
import Database
import Ledger
import Logging
import Orders
import Provider
import Seals
import Vocabulary

/// The one path on which anything that says that money moved changes orders and wallets.
///
/// Locks in one order only: coin orders, then their payments, then wallets, each in ascending id.
struct Settlement {
  /// An event with what was done about it, for the log and for whoever waits.
  struct Settled {
    let inboxEvent: InboxEvent
    let outcome: SettlementOutcome
    /// Our order as it was before, when the event matched one.
    let order: CoinOrder?
    /// Coins that belong to money that is gone and that the wallet did not have any more.
    var missingCoins: Int64 = 0
    /// Whether the payment was held as given back before.
    var wasReturned = false

    var orderNumber: OrderNumber? { order?.number }
  }

  /// Settles 1…`Limits.settlementGroupEventsMax` events of the inbox in the caller's transaction.
  static func settle(
    _ events: [InboxEvent], in transaction: inout Transaction, at moment: Timestamp,
    rules: SettlementRules
  ) throws(DatabaseError) -> [Settled] {
    guard !events.isEmpty else { return [] }
    var matches = try PaymentMatch.find(events, in: &transaction)
    var known: [OrderID: CoinOrder] = [:]
    var held: [WaitingNews.HeldSuccess] = []
    var state = SettlementState(orders: [], payments: [], at: moment)
    if !matches.isEmpty {
      let orders = try CoinOrder.lock(Set(matches.values.map(\.orderID)).sorted(), in: &transaction)
      let payments = try Payment.lock(of: orders.map(\.id), in: &transaction)
      for order in orders { known[order.id] = order }
      let erased = try lockErased(among: Set(orders.map(\.userID)), in: &transaction)
      let told = try WaitingNews.returnsTold(of: payments, in: &transaction)
      held = try WaitingNews.heldSuccesses(
        of: payments.filter { told.contains($0.id) }, in: &transaction)
      if events.count + held.count > 1 {
        let told = events.filter(\.event.kind.isNews).compactMap { matches[$0.id]?.paymentID }
        try lockAll(told: Set(told), of: orders, in: &transaction)
      }
      state = SettlementState(
        orders: orders, payments: payments, at: moment, rule: rules.confirmation, erased: erased,
        returnsTold: told)
    }
    var settled: [Settled] = []
    for item in held where state.settleHeld(item.event, as: item.match) {
      matches[item.event.id] = item.match
      settled.append(
        Settled(
          inboxEvent: item.event, outcome: .credited, order: known[item.match.orderID],
          wasReturned: true))
    }
    settled += settle(events, matches, &state, known)
    try write(state, in: &transaction, at: moment)
    settled = try settleNews(settled, rules.refund, in: &transaction, at: moment)
    try markSettled(settled, matches, in: &transaction, at: moment)
    try Suspense.note(settled, in: &transaction, at: moment)
    return settled
  }

  private static func settle(
    _ events: [InboxEvent], _ matches: [EventID: PaymentMatch], _ state: inout SettlementState,
    _ orders: [OrderID: CoinOrder]
  ) -> [Settled] {
    var settled: [Settled] = []
    for event in events {
      let match = matches[event.id]
      let wasReturned = match.map { state.isReturned($0.paymentID) } ?? false
      let outcome = match.map { state.settle(event, as: $0) } ?? .unmatched
      settled.append(
        Settled(
          inboxEvent: event, outcome: outcome, order: match.flatMap { orders[$0.orderID] },
          wasReturned: wasReturned))
    }
    return settled
  }

  /// Those of some users who were erased; the others are not erased before the transaction has ended.
  private static func lockErased(
    among users: Set<UserID>, in transaction: inout Transaction
  ) throws(DatabaseError) -> Set<UserID> {
    guard !users.isEmpty else { return [] }
    let rows = try transaction.all(
      """
      SELECT id, erased_at IS NOT NULL FROM users WHERE id IN \(list: users.sorted())
      ORDER BY id LOCK IN SHARE MODE
      """, as: (UserID, Bool).self)
    return Set(rows.filter(\.1).map(\.0))
  }

  /// Locks what a group with news may touch below its payments, before any of it is settled: its credits
  /// lock wallets at once, and its news one by one.
  ///
  /// - Parameter told: the payments that news of refunds or disputes is about; nothing is locked without.
  private static func lockAll(
    told: Set<PaymentID>, of orders: [CoinOrder], in transaction: inout Transaction
  ) throws(DatabaseError) {
    guard !told.isEmpty else { return }
    _ = try Refund.lock(of: told.sorted(), in: &transaction)
    _ = try Dispute.lock(of: told.sorted(), in: &transaction)
    _ = try Wallet.lock(of: Set(orders.map(\.userID)).sorted(), in: &transaction)
  }

  /// News about refunds and disputes, after the payments of the group are written: such news may be of
  /// a payment that an event of the same group settled.
  private static func settleNews(
    _ settled: [Settled], _ rule: RefundRule, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> [Settled] {
    var result: [Settled] = []
    for item in settled {
      guard item.outcome == .ignored(.noted), item.inboxEvent.event.kind.isNews,
        let found = try lockAgain(item, in: &transaction)
      else {
        result.append(item)
        continue
      }
      let settlement = NewsSettlement(
        order: found.order, payment: found.payment, inboxEvent: item.inboxEvent, moment: moment,
        foreignRule: rule)
      let settled = try settlement.settle(in: &transaction)
      result.append(
        Settled(
          inboxEvent: item.inboxEvent, outcome: settled.outcome, order: item.order,
          missingCoins: settled.missingCoins))
    }
    return result
  }

  /// Reads the order and payment of an event as the group has left them; both are locked already.
  private static func lockAgain(
    _ item: Settled, in transaction: inout Transaction
  ) throws(DatabaseError) -> (order: CoinOrder, payment: Payment)? {
    let match = try PaymentMatch.find([item.inboxEvent], in: &transaction)[item.inboxEvent.id]
    guard let match,
      let order = try CoinOrder.lock([match.orderID], in: &transaction).first,
      let payment = try Payment.lock(of: [order.id], in: &transaction)
        .first(where: { $0.id == match.paymentID })
    else { return nil }
    return (order, payment)
  }

  private static func write(
    _ state: SettlementState, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    try writeOrders(state, in: &transaction, at: moment)
    try writePayments(state, in: &transaction, at: moment)
    try askToConfirm(state.paymentsToConfirm, in: &transaction, at: moment)
    try writeRefunds(state.refunds, in: &transaction, at: moment)
    try Transition.record(state.transitions, in: &transaction, at: moment)
    try Journal.post(state.postings, in: &transaction, at: moment)
    let paid = state.paymentsToWrite.map(\.payment).filter(\.facts.isPaid)
    if !paid.isEmpty { try WaitingNews.wake(of: paid, in: &transaction, at: moment) }
  }

  private static func writeOrders(
    _ state: SettlementState, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let rows: [[any Bindable]] = state.ordersToWrite.map { order, status, paidBy in
      let amount = paidBy?.amount ?? order.amount
      let method = paidBy?.provider ?? order.paymentMethod
      let paidAt = paidBy == nil ? order.paidAt : moment
      return [
        status.rawValue, amount.minorUnits, amount.currency.code, method.rawValue, paidAt, moment,
        order.id,
      ]
    }
    guard !rows.isEmpty else { return }
    try transaction.executeBulk(
      """
      UPDATE coin_orders SET status = ?, amount = ?, currency = ?, payment_method = ?, paid_at = ?,
        updated_at = ? WHERE id = ?
      """, rows: rows)
  }

  private static func writePayments(
    _ state: SettlementState, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let rows: [[any Bindable]] = state.paymentsToWrite.map { payment, cause in
      let isMoney = payment.facts.status == .succeeded || payment.facts.status == .duplicate
      return [
        payment.facts.status.rawValue, payment.facts.providerTransactionID, cause,
        isMoney ? moment : Timestamp?.none, moment, payment.id,
      ]
    }
    guard !rows.isEmpty else { return }
    try transaction.executeBulk(
      """
      UPDATE payments SET status = ?, provider_txn_id = ?, cause = ?, succeeded_at = ?,
        updated_at = ?, next_query_at = NULL, confirming = FALSE WHERE id = ?
      """, rows: rows)
  }

  private static func askToConfirm(
    _ payments: Set<PaymentID>, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    guard !payments.isEmpty else { return }
    _ = try transaction.execute(
      """
      UPDATE payments SET confirming = TRUE, next_query_at = \(moment), queries = 0
      WHERE id IN \(list: payments.sorted())
      """)
  }

  /// Records the intent to refund; the call to the provider is made outside any transaction.
  private static func writeRefunds(
    _ refunds: [SettlementState.DuplicateRefund], in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    guard !refunds.isEmpty else { return }
    let key = try SealKey.ensure(in: &transaction, at: moment)
    try transaction.executeBulk(
      """
      INSERT INTO refunds (payment_id, out_request_no, amount, currency, status, reason, actor,
        next_attempt_at, created_at, updated_at, seal)
      VALUES (?, ?, ?, ?, 'REQUESTED', 'paid twice', 'system', ?, ?, ?, ?)
      """,
      rows: refunds.map { refund in
        let payment = refund.payment
        let number = Refund.outRequestNo(payment.outTradeNo, 1)
        let seal = key.map {
          NewRefund.terms(
            number, of: payment, payment.facts.amount, reason: "paid twice", actor: "system",
            sealedBy: $0)
        }
        return [
          payment.id, number, payment.facts.amount.minorUnits,
          payment.facts.amount.currency.code, moment, moment, moment, seal,
        ]
      })
  }

  private static func markSettled(
    _ settled: [Settled], _ matches: [EventID: PaymentMatch], in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    try transaction.executeBulk(
      """
      UPDATE payment_events SET state = 'SETTLED', outcome = ?, payment_id = ?, settled_at = ?,
        next_attempt_at = NULL WHERE id = ?
      """,
      rows: settled.map { item in
        [
          item.outcome.text, matches[item.inboxEvent.id]?.paymentID, moment, item.inboxEvent.id,
        ]
      })
  }
}
