import Database
import Provider
import Vocabulary

/// The payment that an event is about.
struct PaymentMatch: Hashable {
  let paymentID: PaymentID
  let orderID: OrderID
  /// How the two numbers that the event names contradict each other.
  var mismatch: Mismatch?

  /// Finds payments without locking them. Our number says whose money it is; the provider's counts
  /// where an event does not name ours. Numbers never move to another payment, so what is found stays
  /// true.
  static func find(
    _ events: [InboxEvent], in transaction: inout Transaction
  ) throws(DatabaseError) -> [EventID: PaymentMatch] {
    var matches: [EventID: PaymentMatch] = [:]
    for (provider, events) in Dictionary(grouping: events, by: \.event.provider) {
      let ours = try byOutTradeNo(provider, events, &transaction)
      let theirs = try byTransactionID(provider, events, &transaction)
      for item in events {
        matches[item.id] = of(
          ours: item.event.outTradeNo.flatMap { ours[$0] },
          theirs: item.event.providerTransactionID.flatMap { theirs[$0] },
          namesOurs: item.event.outTradeNo != nil)
      }
    }
    return matches
  }

  /// - Parameters:
  ///   - ours: the payment that bears the number of ours that an event names.
  ///   - theirs: the payment that the provider's number belongs to.
  ///   - namesOurs: whether the event names a number of ours at all.
  static func of(ours: PaymentMatch?, theirs: PaymentMatch?, namesOurs: Bool) -> PaymentMatch? {
    guard var match = ours ?? theirs else { return nil }
    if ours != nil, let theirs, theirs.paymentID != match.paymentID {
      match.mismatch = .transactionID
    } else if ours == nil, namesOurs {
      match.mismatch = .outTradeNo
    }
    return match
  }

  private static func byTransactionID(
    _ provider: PaymentMethod, _ events: [InboxEvent], _ transaction: inout Transaction
  ) throws(DatabaseError) -> [String: PaymentMatch] {
    let numbers = Set(events.compactMap(\.event.providerTransactionID)).sorted()
    guard !numbers.isEmpty else { return [:] }
    let rows = try transaction.all(
      """
      SELECT provider_txn_id, id, order_id FROM payments
      WHERE provider = \(provider) AND provider_txn_id IN \(list: numbers)
      """, as: (String, PaymentID, OrderID).self)
    return dictionary(rows)
  }

  private static func byOutTradeNo(
    _ provider: PaymentMethod, _ events: [InboxEvent], _ transaction: inout Transaction
  ) throws(DatabaseError) -> [String: PaymentMatch] {
    let numbers = Set(events.compactMap(\.event.outTradeNo)).sorted()
    guard !numbers.isEmpty else { return [:] }
    let rows = try transaction.all(
      """
      SELECT out_trade_no, id, order_id FROM payments
      WHERE provider = \(provider) AND out_trade_no IN \(list: numbers)
      """, as: (String, PaymentID, OrderID).self)
    return dictionary(rows)
  }

  private static func dictionary(
    _ rows: [(String, PaymentID, OrderID)]
  ) -> [String: PaymentMatch] {
    var matches: [String: PaymentMatch] = [:]
    for (number, paymentID, orderID) in rows {
      matches[number] = PaymentMatch(paymentID: paymentID, orderID: orderID)
    }
    return matches
  }

  /// Lets the provider be asked about the payment of news that cannot be settled yet, also about one
  /// that seemed to be over: what is refunded or disputed was paid.
  static func askAbout(
    _ item: InboxEvent, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    guard item.event.kind.isNews, let match = try find([item], in: &transaction)[item.id] else {
      return
    }
    _ = try transaction.execute(
      """
      UPDATE payments SET next_query_at = \(moment), queries = 0,
        confirming = status IN ('FAILED', 'CLOSED')
      WHERE id = \(match.paymentID) AND status IN ('STARTING', 'PENDING', 'FAILED', 'CLOSED')
      """)
    try askAboutFailedRefunds(item, of: match.paymentID, in: &transaction, at: moment)
  }

  /// A total may hold refunds that failed here and were made all the same.
  private static func askAboutFailedRefunds(
    _ item: InboxEvent, of paymentID: PaymentID, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    guard case .refund(let news) = item.event.kind, case .ofPaymentSoFar = news.amount else {
      return
    }
    _ = try transaction.execute(
      """
      UPDATE refunds r JOIN payment_events e ON e.id = \(item.id)
      SET r.next_attempt_at = \(moment)
      WHERE r.payment_id = \(paymentID) AND r.status = 'FAILED' AND r.next_attempt_at IS NULL
        AND (r.attempted_at IS NULL OR r.attempted_at < e.received_at)
      """)
  }
}
