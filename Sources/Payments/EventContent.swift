import Database
import Provider
import Vocabulary

/// What an event says about money, for telling whether one that comes again still says the same.
struct EventContent: Hashable {
  let kind: String
  let outTradeNo: String?
  let providerTransactionID: String?
  let amount: Int64?
  let currencyCode: String?
  /// Whether the amount is of all refunds so far.
  let amountIsTotal: Bool

  init(_ event: ProviderEvent) {
    let columns = EventKindColumns(event.kind)
    kind = columns.kind.rawValue
    outTradeNo = event.outTradeNo
    providerTransactionID = event.providerTransactionID
    amount = columns.amount?.minorUnits
    currencyCode = columns.amount?.currencyCode
    amountIsTotal = columns.amountIsTotal ?? false
  }

  private init(_ row: (String, String?, String?, Int64?, String?, Bool?)) {
    (kind, outTradeNo, providerTransactionID, amount, currencyCode) = (
      row.0, row.1, row.2, row.3, row.4
    )
    amountIsTotal = row.5 ?? false
  }

  /// What the inbox has stored.
  static func stored(
    _ ids: [EventID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [EventID: EventContent] {
    guard !ids.isEmpty else { return [:] }
    let rows = try transaction.all(
      """
      SELECT id, kind, out_trade_no, provider_txn_id, amount, currency, amount_is_total
      FROM payment_events WHERE id IN \(list: ids)
      """, as: (EventID, String, String?, String?, Int64?, String?, Bool?).self)
    var contents: [EventID: EventContent] = [:]
    for row in rows {
      contents[row.0] = EventContent((row.1, row.2, row.3, row.4, row.5, row.6))
    }
    return contents
  }

  private static let kindsOfMoney = Set(
    [EventKind.succeeded, .refunded, .refund, .dispute].map(\.rawValue))

  /// What differs. Something that only one of both says is no difference: a question is answered with
  /// less than a notification tells. Nor is another kind, unless one of them says that money moved.
  func differences(from other: EventContent) -> [String] {
    func differ<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
      left != nil && right != nil && left != right
    }
    let kinds: Set = [kind, other.kind]
    let isOtherKind = kinds.count > 1 && !kinds.isDisjoint(with: EventContent.kindsOfMoney)
    let isComparable = amountIsTotal == other.amountIsTotal
    return [
      ("kind", isOtherKind),
      ("out_trade_no", differ(outTradeNo, other.outTradeNo)),
      ("provider_txn_id", differ(providerTransactionID, other.providerTransactionID)),
      ("amount", isComparable && differ(amount, other.amount)),
      ("currency", isComparable && differ(currencyCode, other.currencyCode)),
    ].filter(\.1).map(\.0)
  }
}
