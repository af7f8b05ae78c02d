import Database
import Provider
import Vocabulary

/// The payment that an event is about.
struct PaymentMatch: Hashable {
  let paymentID: PaymentID
  let orderID: OrderID

  /// Finds payments without locking them: first by the provider's own number, then by ours. Numbers
  /// never move to another payment, so what is found stays true.
  static func find(
    _ events: [InboxEvent], in transaction: inout Transaction
  ) throws(DatabaseError) -> [EventID: PaymentMatch] {
    var matches: [EventID: PaymentMatch] = [:]
    for (provider, events) in Dictionary(grouping: events, by: \.event.provider) {
      try match(
        events, provider, \.event.providerTransactionID, byTransactionID, &matches, &transaction)
      let rest = events.filter { matches[$0.id] == nil }
      try match(rest, provider, \.event.outTradeNo, byOutTradeNo, &matches, &transaction)
    }
    return matches
  }

  private typealias Lookup = (
    PaymentMethod, [String], inout Transaction
  ) throws(DatabaseError) -> [String: PaymentMatch]

  private static func match(
    _ events: [InboxEvent], _ provider: PaymentMethod, _ number: KeyPath<InboxEvent, String?>,
    _ lookup: Lookup, _ matches: inout [EventID: PaymentMatch], _ transaction: inout Transaction
  ) throws(DatabaseError) {
    let numbers = Set(events.compactMap { $0[keyPath: number] }).sorted()
    guard !numbers.isEmpty else { return }
    let found = try lookup(provider, numbers, &transaction)
    for event in events {
      if let text = event[keyPath: number], let match = found[text] { matches[event.id] = match }
    }
  }

  private static func byTransactionID(
    _ provider: PaymentMethod, _ numbers: [String], _ transaction: inout Transaction
  ) throws(DatabaseError) -> [String: PaymentMatch] {
    let rows = try transaction.all(
      """
      SELECT provider_txn_id, id, order_id FROM payments
      WHERE provider = \(provider) AND provider_txn_id IN \(list: numbers)
      """, as: (String, PaymentID, OrderID).self)
    return dictionary(rows)
  }

  private static func byOutTradeNo(
    _ provider: PaymentMethod, _ numbers: [String], _ transaction: inout Transaction
  ) throws(DatabaseError) -> [String: PaymentMatch] {
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
  }
}
