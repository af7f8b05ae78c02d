public import Database
import Seals
public import Vocabulary

/// One change of state of an order or of one of its payments, as it is recorded for ever.
public struct Transition: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case order(from: OrderStatus?, to: OrderStatus)
    case payment(PaymentID, from: PaymentStatus?, to: PaymentStatus)
  }

  public let orderID: OrderID
  public let change: Change
  /// Who: `user:17`, `provider:ALIPAY`, `system`.
  public let actor: String
  /// Why, in a few words.
  public let cause: String
  public let eventID: EventID?

  public init(
    orderID: OrderID, change: Change, actor: String, cause: String, eventID: EventID? = nil
  ) {
    self.orderID = orderID
    self.change = change
    self.actor = TextLimit.actor.cut(actor)
    self.cause = TextLimit.reason.cut(cause)
    self.eventID = eventID
  }

  /// Appends transitions in their order, each to the chain of its order.
  ///
  /// The orders are locked already: histories are read and written under their lock.
  public static func record(
    _ transitions: [Transition], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    guard !transitions.isEmpty else { return }
    var heads = try HistoryHead.heads(for: transitions, in: &transaction)
    let key = try SealKey.ensure(in: &transaction, at: moment)
    var rows: [[any Bindable]] = []
    for transition in transitions {
      guard var head = heads[transition.orderID] else {
        throw DatabaseError.inconsistent("there is no order \(transition.orderID)")
      }
      rows.append(head.append(transition, at: moment, by: key))
      heads[transition.orderID] = head
    }
    try transaction.executeBulk(
      """
      INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause,
        event_id, created_at, sequence, previous_hash, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, rows: rows)
    try HistoryHead.write(heads.values.sorted { $0.orderID < $1.orderID }, key, in: &transaction)
  }

  /// Whether the order came into being with it.
  var isBeginning: Bool {
    if case .order(nil, _) = change { true } else { false }
  }

  var paymentID: PaymentID? {
    if case .payment(let id, _, _) = change { id } else { nil }
  }

  var from: String? {
    switch change {
    case .order(let from, _): from?.rawValue
    case .payment(_, let from, _): from?.rawValue
    }
  }

  var to: String {
    switch change {
    case .order(_, let to): to.rawValue
    case .payment(_, _, let to): to.rawValue
    }
  }
}
