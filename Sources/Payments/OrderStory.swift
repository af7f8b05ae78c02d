import Audit
public import Database
public import Orders
import Provider
public import Vocabulary

/// Everything that is known about an order.
public struct OrderStory: Sendable {
  /// Something that happened.
  public struct Moment: Hashable, Sendable {
    public enum Kind: String, Sendable {
      case event
      case order
      case payment
      case ledger
      case suspense
      case action
    }

    public let at: Timestamp
    public let kind: Kind
    /// Who caused it, when that is recorded.
    public let actor: String?
    /// What happened, in the words of the tables.
    public let text: String
    /// Orders what happened at the same time.
    let place: Int64

    /// As a line for people.
    public var line: String {
      [kind.rawValue, text, actor ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  public let order: CoinOrder
  /// As a reader sees it now.
  public let status: OrderStatus
  public let trace: OrderTrace

  public static func of(
    _ order: CoinOrder, now: Timestamp, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OrderStory {
    OrderStory(
      order: order, status: order.status(at: now), trace: try OrderTrace.of(order, in: &executor))
  }

  /// In the order in which it happened.
  public var moments: [Moment] {
    (events + steps + entries + suspense + actions)
      .sorted { ($0.at, $0.place) < ($1.at, $1.place) }
  }

  private var events: [Moment] {
    trace.events.map { event in
      Moment(
        at: event.receivedAt, kind: .event, actor: nil,
        text: "\(event.source.rawValue) \(event.kind) -> \(event.outcome ?? event.state)  "
          + event.eventKey + (event.lastError.map { "  \($0)" } ?? ""),
        place: event.id.value)
    }
  }

  private var steps: [Moment] {
    trace.steps.map { step in
      Moment(
        at: step.at, kind: step.paymentID == nil ? .order : .payment, actor: step.actor,
        text: "\(step.from ?? "-") -> \(step.to)  \(step.cause)", place: step.id)
    }
  }

  private var entries: [Moment] {
    trace.entries.map { entry in
      Moment(
        at: entry.createdAt, kind: .ledger, actor: nil,
        text: "\(entry.kind) \(entry.coins), balance \(entry.balanceAfter)", place: entry.id)
    }
  }

  private var suspense: [Moment] {
    trace.suspense.map { line in
      let end = line.resolvedAt.map { "resolved \($0): \(line.resolution ?? "")" } ?? "open"
      return Moment(
        at: line.createdAt, kind: .suspense, actor: line.actor,
        text: "\(line.id) \(line.reason) \(line.amount.text)  \(end)",
        place: line.id)
    }
  }

  private var actions: [Moment] {
    trace.actions.map { action in
      Moment(
        at: action.createdAt, kind: .action, actor: action.actor,
        text: "\(action.action)  \(action.details)  \(action.reason)", place: action.id)
    }
  }
}

extension OrderStory {
  /// The story as lines for people.
  public var lines: [String] {
    var lines = [
      "\(order.number)  \(status.rawValue)  \(order.amount)  "
        + "\(order.coins)+\(order.bonusCoins) coins  user \(order.userID)  "
        + "from \(order.createdAt)  until \(order.expiresAt)"
        + (order.paidAt.map { "  paid \($0)" } ?? "")
    ]
    for payment in trace.attempts {
      lines.append(
        "payment \(payment.number)  \(payment.provider)  \(payment.outTradeNo)  "
          + "\(payment.status.rawValue)  \(payment.amount)  "
          + (payment.providerTransactionID ?? "-"))
    }
    for refund in trace.refunds {
      lines.append(
        "refund  \(refund.outRequestNo)  \(refund.status.rawValue)  \(refund.amount)  "
          + "\(refund.coinsTaken) coins  \(refund.actor): \(refund.reason)  \(refund.cause ?? "")")
    }
    for dispute in trace.disputes {
      let deadline = dispute.respondBy.map { "evidence until \($0)" } ?? ""
      lines.append(
        "dispute  \(dispute.disputeID)  \(dispute.status)  \(dispute.amount.text)  "
          + "\(dispute.coinsFrozen) coins  "
          + "\(dispute.reason)  \(deadline)")
    }
    return lines
  }
}
