import Database
import Provider
import Vocabulary

/// News of refunds and disputes that came before what it follows from, and waits in the inbox or was
/// parked there.
enum WaitingNews {
  /// Lets the news of payments be settled now, because something that it may have waited for has
  /// happened. What another worker is just settling finds that by itself.
  ///
  /// - Parameter eventID: the event that is settled now.
  static func wake(
    of payments: [Payment], except eventID: EventID? = nil, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    for (provider, payments) in Dictionary(grouping: payments, by: \.facts.provider) {
      let found = try find(payments, provider, in: &transaction, at: moment)
      let waiting = found.filter { $0 != eventID }
      guard !waiting.isEmpty else { continue }
      let locked = try transaction.all(
        """
        SELECT id FROM payment_events
        WHERE id IN \(list: waiting) AND \(InboxQueue.canBeSettled)
        ORDER BY id FOR UPDATE SKIP LOCKED
        """, as: EventID.self)
      guard !locked.isEmpty else { continue }
      _ = try transaction.execute(
        """
        UPDATE payment_events SET state = 'PENDING', attempts = 0, next_attempt_at = \(moment)
        WHERE id IN \(list: locked)
        """)
    }
  }

  /// The payments that are held as given back, and of which the inbox has news of how much that was.
  static func returnsTold(
    of payments: [Payment], in transaction: inout Transaction
  ) throws(DatabaseError) -> Set<PaymentID> {
    var told: Set<PaymentID> = []
    for payment in payments where payment.facts.isReturned {
      let number = payment.outTradeNo
      let news = try transaction.first(
        """
        SELECT id FROM payment_events
        WHERE state IN ('PENDING', 'PARKED') AND kind = 'REFUND' AND news_status <> 'FAILED'
          AND provider = \(payment.facts.provider) AND out_trade_no = \(number) LIMIT 1
        """, as: EventID.self)
      if news != nil { told.insert(payment.id) }
    }
    return told
  }

  /// A signed success that was held, with the payment that it is of.
  struct HeldSuccess {
    let event: InboxEvent
    let match: PaymentMatch
  }

  /// The first success of each payment that was held as given back, and that nobody has looked after
  /// since: its provider has said it once and does not say it again.
  ///
  /// - Parameter payments: those of which news tells how much was given back; locked.
  static func heldSuccesses(
    of payments: [Payment], in transaction: inout Transaction
  ) throws(DatabaseError) -> [HeldSuccess] {
    var held: [HeldSuccess] = []
    for payment in payments {
      let events = try InboxQueue.read(
        """
        e JOIN suspense_entries s ON s.event_id = e.id AND s.resolved_at IS NULL
          AND s.reason = \(Mismatch.refunded.rawValue)
        WHERE e.payment_id = \(payment.id) AND e.state = 'SETTLED' AND e.kind = 'SUCCEEDED'
          AND e.outcome = 'SUSPICIOUS' AND e.source = 'NOTIFICATION' ORDER BY e.id LIMIT 1
        """, in: &transaction)
      for event in events.compactMap(\.event) {
        held.append(
          HeldSuccess(
            event: event, match: PaymentMatch(paymentID: payment.id, orderID: payment.orderID)))
      }
    }
    return held
  }

  /// Those whose next attempt lies ahead, and those that were given up: few even in a rush.
  private static func find(
    _ payments: [Payment], _ provider: PaymentMethod, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> [EventID] {
    let ours = payments.map(\.outTradeNo)
    let theirs = payments.compactMap(\.facts.providerTransactionID)
    let byTheirs: SQL = theirs.isEmpty ? "" : "OR provider_txn_id IN \(list: theirs)"
    return try transaction.all(
      """
      SELECT id FROM payment_events
      WHERE ((state = 'PARKED' AND attempts > 0) OR (state = 'PENDING' AND next_attempt_at > \(moment)))
        AND kind IN ('REFUND', 'DISPUTE') AND provider = \(provider)
        AND (out_trade_no IN \(list: ours) \(byTheirs))
      ORDER BY id LIMIT \(SQL.listValuesMax)
      """, as: EventID.self)
  }
}
