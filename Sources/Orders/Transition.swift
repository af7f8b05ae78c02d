public import Database
public import Vocabulary

/// One change of state of an order or of one of its payments, as it is recorded for ever.
public struct Transition: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case order(from: OrderStatus?, to: OrderStatus)
    case payment(PaymentID, from: PaymentStatus?, to: PaymentStatus)
  }

  public let orderID: OrderID
  public let change: Change
  /// Who: `user:17`, `provider:STRIPE`, `system`.
  public let actor: String
  /// Why, in a few words.
  public let cause: String
  public let eventID: EventID?

  static let actorCharactersMax = 64
  static let causeCharactersMax = 255

  public init(
    orderID: OrderID, change: Change, actor: String, cause: String, eventID: EventID? = nil
  ) {
    self.orderID = orderID
    self.change = change
    self.actor = String(actor.prefix(Transition.actorCharactersMax))
    self.cause = String(cause.prefix(Transition.causeCharactersMax))
    self.eventID = eventID
  }

  /// Appends transitions in their order.
  public static func record(
    _ transitions: [Transition], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    guard !transitions.isEmpty else { return }
    _ = try transaction.executeBulk(
      """
      INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause,
        event_id, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, rows: transitions.map { $0.row(at: moment) })
  }

  private func row(at moment: Timestamp) -> [any Bindable] {
    switch change {
    case .order(let from, let to):
      [
        orderID, PaymentID?.none, from?.rawValue, to.rawValue, actor, cause, eventID, moment,
      ]
    case .payment(let id, let from, let to):
      [
        orderID, PaymentID?.some(id), from?.rawValue, to.rawValue, actor, cause, eventID, moment,
      ]
    }
  }
}
