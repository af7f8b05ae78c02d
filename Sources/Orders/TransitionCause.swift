/// Why an order or a payment changed its state, where neither a provider nor a contradiction is the cause; kept in
/// `order_transitions.cause` and `payments.cause`.
public enum TransitionCause: String, CaseIterable, Sendable {
  case created
  /// Begun at the provider.
  case started
  case payAgain = "pay_again"
  case paid
  case paidTwice = "paid_twice"
  /// Not paid in time.
  case expired
  /// By its buyer.
  case cancelled
  case closedByOperator = "closed_by_operator"
  case refundOrDispute = "refund_or_dispute"
}
