import FoundationEssentials
import Orders
import Payments
import Provider
import Reconciliation
import Vocabulary

/// An order's story for machines; amounts in minor units.
struct OrderDocument: Encodable {
  struct Order: Encodable {
    let number: String
    let status: String
    let user: Int64
    let amount: Int64
    let currency: String
    let coins: Int64
    let bonusCoins: Int64
    let createdAt: String
    let expiresAt: String
    let paidAt: String?
  }

  struct PaymentEntry: Encodable {
    let attempt: Int64
    let provider: String
    let outTradeNo: String
    let providerTransactionID: String?
    let status: String
    let amount: Int64
    let currency: String
    let createdAt: String
  }

  struct RefundEntry: Encodable {
    let outRequestNo: String
    let providerRefundID: String?
    let status: String
    let amount: Int64
    let currency: String
    let coins: Int64
    let actor: String
    let reason: String
    let cause: String?
    let createdAt: String
  }

  struct DisputeEntry: Encodable {
    let disputeID: String
    let status: String
    let amount: Int64
    let currency: String
    let coinsFrozen: Int64
    let reason: String
    let respondBy: String?
  }

  struct MomentEntry: Encodable {
    let at: String
    let kind: String
    let actor: String?
    let text: String
  }

  struct Call: Encodable {
    let at: String
    let provider: String
    let operation: String
    let outTradeNo: String?
    let address: String
    let requestID: String?
    let providerRequestID: String?
    let status: Int64?
    let error: String?
    let durationMilliseconds: Int64
  }

  let order: Order
  let payments: [PaymentEntry]
  let refunds: [RefundEntry]
  let disputes: [DisputeEntry]
  let timeline: [MomentEntry]
  let providerCalls: [Call]
  let differences: [DifferenceLine]
}

extension OrderDocument {
  init(_ report: OrderReport) {
    let story = report.story
    order = Order(story)
    payments = story.trace.attempts.map { PaymentEntry($0) }
    refunds = story.trace.refunds.map { RefundEntry($0) }
    disputes = story.trace.disputes.map { DisputeEntry($0) }
    timeline = story.moments.map { moment in
      MomentEntry(
        at: moment.at.description, kind: moment.kind.rawValue, actor: moment.actor,
        text: moment.text)
    }
    providerCalls = story.trace.calls.map { Call($0) }
    differences = report.differences.map { DifferenceLine($0) }
  }
}

extension OrderDocument.Order {
  init(_ story: OrderStory) {
    let order = story.order
    self.init(
      number: order.number.text, status: story.status.rawValue, user: order.userID.value,
      amount: order.amount.minorUnits, currency: order.amount.currency.code, coins: order.coins,
      bonusCoins: order.bonusCoins, createdAt: order.createdAt.description,
      expiresAt: order.expiresAt.description, paidAt: order.paidAt?.description)
  }
}

extension OrderDocument.PaymentEntry {
  init(_ payment: OrderTrace.Attempt) {
    self.init(
      attempt: payment.number, provider: payment.provider.rawValue,
      outTradeNo: payment.outTradeNo, providerTransactionID: payment.providerTransactionID,
      status: payment.status.rawValue, amount: payment.amount.minorUnits,
      currency: payment.amount.currency.code, createdAt: payment.createdAt.description)
  }
}

extension OrderDocument.RefundEntry {
  init(_ refund: Refund) {
    self.init(
      outRequestNo: refund.outRequestNo, providerRefundID: refund.providerRefundID,
      status: refund.status.rawValue, amount: refund.amount.minorUnits,
      currency: refund.amount.currency.code, coins: refund.coinsTaken, actor: refund.actor,
      reason: refund.reason, cause: refund.cause, createdAt: refund.createdAt.description)
  }
}

extension OrderDocument.DisputeEntry {
  init(_ dispute: OrderTrace.DisputeLine) {
    self.init(
      disputeID: dispute.disputeID, status: dispute.status,
      amount: dispute.amount.minorUnits, currency: dispute.amount.currencyCode,
      coinsFrozen: dispute.coinsFrozen, reason: dispute.reason,
      respondBy: dispute.respondBy?.description)
  }
}

extension OrderDocument.Call {
  init(_ call: ProviderCall) {
    var (status, error): (Int64?, String?) = (nil, nil)
    switch call.result {
    case .answered(let number): status = number
    case .unanswered(let text): error = text
    }
    self.init(
      at: call.createdAt.description, provider: call.provider, operation: call.operation,
      outTradeNo: call.outTradeNo, address: call.address, requestID: call.requestID,
      providerRequestID: call.providerRequestID, status: status, error: error,
      durationMilliseconds: call.durationMilliseconds)
  }
}
