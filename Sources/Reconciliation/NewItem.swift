import Crypto
import Database
import Payments
import Provider
import Vocabulary

/// A difference before it is in the database.
struct NewItem {
  let kind: Difference
  let subject: BookLine.Kind
  /// Names the difference for ever, by the numbers of either side.
  let name: String
  var paymentID: PaymentID?
  var refundID: RefundID?
  var outTradeNo: String?
  var providerTransactionID: String?
  var outRequestNo: String?
  var providerRefundID: String?
  var ours: ReconciliationItem.Side?
  var theirs: ReconciliationItem.Side?
  let occurredAt: Timestamp
  /// The event by which it is settled.
  var eventKey: String?

  var key: [UInt8] { SHA256.digest(Array("\(subject.rawValue)|\(name)".utf8)) }

  /// Writes the differences that are not known yet.
  static func insert(
    _ items: [NewItem], run: Int64, provider: PaymentMethod, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    guard !items.isEmpty else { return }
    // Again with the event: the attempt that wrote the difference may have died before it had one.
    try transaction.executeBulk(
      """
      INSERT INTO reconciliation_items (run_id, provider, kind, subject, item_key, payment_id,
        refund_id, out_trade_no, provider_txn_id, out_request_no, provider_refund_id, our_status,
        our_amount, our_currency, their_status, their_amount, their_currency, occurred_at,
        event_key, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON DUPLICATE KEY UPDATE event_key = COALESCE(event_key, VALUES(event_key))
      """, rows: items.map { $0.row(run, provider, moment) }, expecting: .any)
  }

  private func row(
    _ run: Int64, _ provider: PaymentMethod, _ moment: Timestamp
  ) -> [any Bindable] {
    [
      run, provider.rawValue, kind.rawValue, subject.rawValue, key, paymentID, refundID,
      NewItem.plain(outTradeNo, ProviderEvent.outTradeNoCharactersMax),
      NewItem.plain(providerTransactionID, ProviderEvent.transactionIDCharactersMax),
      NewItem.plain(outRequestNo, ProviderEvent.outTradeNoCharactersMax),
      NewItem.plain(providerRefundID, ProviderEvent.transactionIDCharactersMax), ours?.status,
      ours?.amount.minorUnits, ours?.amount.currencyCode, theirs?.status,
      theirs?.amount.minorUnits, theirs?.amount.currencyCode, occurredAt, eventKey, moment,
    ]
  }

  /// Books hold numbers that other software made, of any length and any characters.
  private static func plain(_ text: String?, _ charactersMax: Int) -> String? {
    text.map { TextLimit(charactersMax, .scalars).ascii($0) }
  }
}
