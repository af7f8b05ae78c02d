import FoundationEssentials
import Orders
import Payments
import Provider
import Vocabulary

extension OrderDocument {
  struct RefundLine: Encodable {
    let refundNo: String
    let providerRefundId: String?
    let status: String
    let amount: Decimal
    let currency: String
    let coinsTaken: Int64
    let reason: String
    let actor: String
    let cause: String?
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case status, amount, currency, reason, actor, cause
      case refundNo = "refund_no"
      case providerRefundId = "provider_refund_id"
      case coinsTaken = "coins_taken"
      case createdAt = "created_at"
    }

    init(_ refund: Refund, _ zone: TimeZoneOffset) {
      refundNo = refund.outRequestNo
      providerRefundId = refund.providerRefundID
      status = refund.status.rawValue
      amount = refund.amount.jsonNumber
      currency = refund.amount.currency.code
      coinsTaken = refund.coinsTaken
      reason = refund.reason
      actor = refund.actor
      cause = refund.cause
      createdAt = zone.rfc3339(refund.createdAt)
    }
  }

  struct Dispute: Encodable {
    let disputeId: String
    let status: String
    let minorUnits: Int64
    let currency: String
    let coinsFrozen: Int64
    let reason: String
    let respondBy: String?

    enum CodingKeys: String, CodingKey {
      case status, currency, reason
      case disputeId = "dispute_id"
      case minorUnits = "minor_units"
      case coinsFrozen = "coins_frozen"
      case respondBy = "respond_by"
    }

    init(_ dispute: OrderTrace.DisputeLine, _ zone: TimeZoneOffset) {
      disputeId = dispute.disputeID
      status = dispute.status
      minorUnits = dispute.amount.minorUnits
      currency = dispute.amount.currencyCode
      coinsFrozen = dispute.coinsFrozen
      reason = dispute.reason
      respondBy = dispute.respondBy.map(zone.rfc3339)
    }
  }

  struct SuspenseLine: Encodable {
    let id: Int64
    let eventId: Int64
    let cause: String
    let minorUnits: Int64
    let currency: String
    let resolution: String?

    enum CodingKeys: String, CodingKey {
      case id, cause, currency, resolution
      case eventId = "event_id"
      case minorUnits = "minor_units"
    }

    init(_ line: OrderTrace.SuspenseLine, _ zone: TimeZoneOffset) {
      id = line.id
      eventId = line.eventID.value
      cause = line.reason
      minorUnits = line.amount.minorUnits
      currency = line.amount.currencyCode
      resolution = line.resolution
    }
  }
}
