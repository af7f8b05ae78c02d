import Provider
public import Reconciliation
public import Vocabulary

/// A difference between a provider's books and ours, as operators' JSON has it; amounts in minor units,
/// since the provider's currency may be none of ours.
public struct DifferenceDocument: Encodable {
  struct Side: Encodable {
    let status: String
    let minorUnits: Int64
    let currency: String

    enum CodingKeys: String, CodingKey {
      case status, currency
      case minorUnits = "minor_units"
    }

    init(_ side: ReconciliationItem.Side) {
      status = side.status
      minorUnits = side.amount.minorUnits
      currency = side.amount.currencyCode
    }
  }

  let id: Int64
  let runId: Int64
  let paymentMethod: String
  let kind: String
  let subject: String
  let outTradeNo: String?
  let providerTxnId: String?
  let refundNo: String?
  let providerRefundId: String?
  let ours: Side?
  let theirs: Side?
  let occurredAt: String
  let resolvedAt: String?
  let resolution: String?
  let resolvedBy: String?

  enum CodingKeys: String, CodingKey {
    case id, kind, subject, ours, theirs, resolution
    case runId = "run_id"
    case paymentMethod = "payment_method"
    case outTradeNo = "out_trade_no"
    case providerTxnId = "provider_txn_id"
    case refundNo = "refund_no"
    case providerRefundId = "provider_refund_id"
    case occurredAt = "occurred_at"
    case resolvedAt = "resolved_at"
    case resolvedBy = "resolved_by"
  }

  public init(_ item: ReconciliationItem, _ zone: TimeZoneOffset) {
    id = item.id
    runId = item.runID
    paymentMethod = item.provider.rawValue
    kind = item.kind.rawValue
    subject = item.subject.rawValue
    outTradeNo = item.outTradeNo
    providerTxnId = item.providerTransactionID
    refundNo = item.outRequestNo
    providerRefundId = item.providerRefundID
    ours = item.ours.map { Side($0) }
    theirs = item.theirs.map { Side($0) }
    occurredAt = zone.rfc3339(item.occurredAt)
    resolvedAt = item.resolvedAt.map(zone.rfc3339)
    resolution = item.resolution
    resolvedBy = item.actor
  }
}
