import Accounts
import Database
import FoundationEssentials
import HTTP
import Orders
import Payments
import Provider
import Routes
import Vocabulary

/// The whole story of one order for programs.
struct OrderStoryAnswer: Encodable {
  struct Attempt: Encodable {
    let outTradeNo: String
    let paymentMethod: String
    let status: String
    let amount: Decimal
    let currency: String
    let providerTxnId: String?
    let cause: String?
    let queries: Int64
    let createdAt: String
    let succeededAt: String?
  }

  struct Event: Encodable {
    let id: Int64
    let source: String
    let kind: String
    let state: String
    let outcome: String?
    let minorUnits: Int64?
    let currency: String?
    let providerTxnId: String?
    let cause: String?
    let hasBody: Bool
    let receivedAt: String
  }

  struct Entry: Encodable {
    let id: Int64
    let kind: String
    let coins: Int64
    let balanceAfter: Int64
    let eventId: Int64?
    let createdAt: String
  }

  struct RefundLine: Encodable {
    let refundNo: String
    let status: String
    let amount: Decimal
    let currency: String
    let coinsTaken: Int64
    let reason: String
    let actor: String
    let cause: String?
    let createdAt: String
  }

  struct Dispute: Encodable {
    let disputeId: String
    let status: String
    let minorUnits: Int64
    let currency: String
    let coinsFrozen: Int64
  }

  struct SuspenseLine: Encodable {
    let id: Int64
    let eventId: Int64
    let cause: String
    let minorUnits: Int64
    let currency: String
    let resolution: String?
  }

  struct Step: Encodable {
    let what: String
    let from: String?
    let to: String
    let actor: String
    let cause: String
    let at: String
  }

  let order: OrderAPI.Item
  let payments: [Attempt]
  let events: [Event]
  let ledger: [Entry]
  let refunds: [RefundLine]
  let disputes: [Dispute]
  let suspense: [SuspenseLine]
  let history: [Step]

  /// `GET /api/admin/orders/{order_no}`
  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let page = try OrderStoryPage.read(admin, &connection)
    return .success(OrderStoryAnswer(page, admin))
  }

  private init(_ page: OrderStoryPage, _ admin: AdminCall) {
    let trace = page.trace
    order = OrderAPI.Item(page.order, username: page.username, admin)
    payments = trace.attempts.map {
      Attempt(
        outTradeNo: $0.outTradeNo, paymentMethod: $0.provider.rawValue, status: $0.status.rawValue,
        amount: $0.amount.jsonNumber, currency: $0.amount.currency.code,
        providerTxnId: $0.providerTransactionID, cause: $0.cause, queries: $0.queries,
        createdAt: admin.rfc3339($0.createdAt), succeededAt: $0.succeededAt.map(admin.rfc3339))
    }
    events = trace.events.map {
      Event(
        id: $0.id.value, source: $0.source.rawValue, kind: $0.kind, state: $0.state,
        outcome: $0.outcome, minorUnits: $0.amount?.minorUnits, currency: $0.amount?.currencyCode,
        providerTxnId: $0.providerTransactionID, cause: $0.cause, hasBody: $0.hasBody,
        receivedAt: admin.rfc3339($0.receivedAt))
    }
    ledger = trace.entries.map {
      Entry(
        id: $0.id, kind: $0.kind, coins: $0.isCredit ? $0.coins : -$0.coins,
        balanceAfter: $0.balanceAfter, eventId: $0.eventID?.value,
        createdAt: admin.rfc3339($0.createdAt))
    }
    refunds = trace.refunds.map {
      RefundLine(
        refundNo: $0.outRequestNo, status: $0.status.rawValue, amount: $0.amount.jsonNumber,
        currency: $0.amount.currency.code, coinsTaken: $0.coinsTaken, reason: $0.reason,
        actor: $0.actor, cause: $0.cause, createdAt: admin.rfc3339($0.createdAt))
    }
    disputes = trace.disputes.map {
      Dispute(
        disputeId: $0.disputeID, status: $0.status, minorUnits: $0.amount.minorUnits,
        currency: $0.amount.currencyCode, coinsFrozen: $0.coinsFrozen)
    }
    suspense = trace.suspense.map {
      SuspenseLine(
        id: $0.id, eventId: $0.eventID.value, cause: $0.reason, minorUnits: $0.amount.minorUnits,
        currency: $0.amount.currencyCode, resolution: $0.resolution)
    }
    history = trace.steps.map {
      Step(
        what: $0.paymentID == nil ? "order" : "payment", from: $0.from, to: $0.to,
        actor: $0.actor, cause: $0.cause, at: admin.rfc3339($0.at))
    }
  }
}
