import Provider

/// From Stripe's words to ours.
enum StripeTranslation {
  /// What a PaymentIntent's status means. Only `succeeded` is success, and only `canceled` is an end.
  /// A succeeded intent that does not name the amount received has received its whole amount: a part
  /// is always named.
  static func kind(of intent: StripeWire.PaymentIntent) -> ProviderEvent.Kind {
    switch intent.status {
    case "succeeded":
      .succeeded(
        ReportedAmount(
          minorUnits: intent.amountReceived ?? intent.amount, currencyCode: intent.currency))
    case "canceled": .closed(Cause(.cancelled, "canceled"))
    case "requires_payment_method":
      intent.lastPaymentError.map { .attemptFailed($0.cause) } ?? .pending
    default: .pending
    }
  }

  /// The event types that are about a payment of ours, with the status that each must show.
  static func isRelevant(_ type: String) -> Bool {
    switch type {
    case "payment_intent.succeeded", "payment_intent.processing",
      "payment_intent.requires_action", "payment_intent.payment_failed",
      "payment_intent.canceled":
      true
    default: false
    }
  }
}
