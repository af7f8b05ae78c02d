import FoundationEssentials
import Orders
public import Payments
import Provider
public import Reconciliation
public import Vocabulary

/// The whole story of one order, as operators' JSON has it: the same from the console and from
/// `coinpay order show`.
///
/// Amounts that providers reported are in minor units, since their currency may be none of ours.
public struct OrderDocument: Encodable {
  let order: OrderSummary
  let payments: [Attempt]
  let events: [Event]
  let ledger: [Entry]
  let refunds: [RefundLine]
  let disputes: [Dispute]
  let suspense: [SuspenseLine]
  let history: [Step]
  let providerCalls: [Call]
  let differences: [DifferenceDocument]
  let actions: [ActionDocument]

  enum CodingKeys: String, CodingKey {
    case order, payments, events, ledger, refunds, disputes, suspense, history, differences, actions
    case providerCalls = "provider_calls"
  }

  public init(
    _ order: OrderSummary, _ trace: OrderTrace, _ differences: [ReconciliationItem],
    _ zone: TimeZoneOffset
  ) {
    self.order = order
    payments = trace.attempts.map { Attempt($0, zone) }
    events = trace.events.map { Event($0, zone) }
    ledger = trace.entries.map { Entry($0, zone) }
    refunds = trace.refunds.map { RefundLine($0, zone) }
    disputes = trace.disputes.map { Dispute($0, zone) }
    suspense = trace.suspense.map { SuspenseLine($0, zone) }
    history = trace.steps.map { Step($0, zone) }
    providerCalls = trace.calls.map { Call($0, zone) }
    self.differences = differences.map { DifferenceDocument($0, zone) }
    actions = trace.actions.map { ActionDocument($0, zone) }
  }

  struct Attempt: Encodable {
    let number: Int64
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

    enum CodingKeys: String, CodingKey {
      case number, status, amount, currency, cause, queries
      case outTradeNo = "out_trade_no"
      case paymentMethod = "payment_method"
      case providerTxnId = "provider_txn_id"
      case createdAt = "created_at"
      case succeededAt = "succeeded_at"
    }

    init(_ attempt: OrderTrace.Attempt, _ zone: TimeZoneOffset) {
      number = attempt.number
      outTradeNo = attempt.outTradeNo
      paymentMethod = attempt.provider.rawValue
      status = attempt.status.rawValue
      amount = attempt.amount.jsonNumber
      currency = attempt.amount.currency.code
      providerTxnId = attempt.providerTransactionID
      cause = attempt.cause
      queries = attempt.queries
      createdAt = zone.rfc3339(attempt.createdAt)
      succeededAt = attempt.succeededAt.map(zone.rfc3339)
    }
  }

  struct Event: Encodable {
    let id: Int64
    let eventKey: String
    let source: String
    let kind: String
    let state: String
    let outcome: String?
    let minorUnits: Int64?
    let currency: String?
    let providerTxnId: String?
    let cause: String?
    let lastError: String?
    let hasBody: Bool
    let receivedAt: String

    enum CodingKeys: String, CodingKey {
      case id, source, kind, state, outcome, currency, cause
      case eventKey = "event_key"
      case minorUnits = "minor_units"
      case providerTxnId = "provider_txn_id"
      case lastError = "last_error"
      case hasBody = "has_body"
      case receivedAt = "received_at"
    }

    init(_ event: OrderTrace.Event, _ zone: TimeZoneOffset) {
      id = event.id.value
      eventKey = event.eventKey
      source = event.source.rawValue
      kind = event.kind
      state = event.state
      outcome = event.outcome
      minorUnits = event.amount?.minorUnits
      currency = event.amount?.currencyCode
      providerTxnId = event.providerTransactionID
      cause = event.cause
      lastError = event.lastError
      hasBody = event.hasBody
      receivedAt = zone.rfc3339(event.receivedAt)
    }
  }

  struct Entry: Encodable {
    let id: Int64
    let kind: String
    let coins: Int64
    let balanceAfter: Int64
    let eventId: Int64?
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case id, kind, coins
      case balanceAfter = "balance_after"
      case eventId = "event_id"
      case createdAt = "created_at"
    }

    init(_ entry: OrderTrace.Entry, _ zone: TimeZoneOffset) {
      id = entry.id
      kind = entry.kind
      coins = entry.isCredit ? entry.coins : -entry.coins
      balanceAfter = entry.balanceAfter
      eventId = entry.eventID?.value
      createdAt = zone.rfc3339(entry.createdAt)
    }
  }

  struct Step: Encodable {
    /// `order` or `payment`.
    let what: String
    let from: String?
    let to: String
    let actor: String
    let cause: String
    let at: String

    init(_ step: OrderTrace.Step, _ zone: TimeZoneOffset) {
      what = step.paymentID == nil ? "order" : "payment"
      from = step.from
      to = step.to
      actor = step.actor
      cause = step.cause
      at = zone.rfc3339(step.at)
    }
  }
}
