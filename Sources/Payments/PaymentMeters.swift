import Metrics
import Orders
import Provider
import Vocabulary

/// What is counted about orders and their payments.
enum PaymentMeters {
  static func orderMade(_ method: PaymentMethod) {
    Counter(
      label: "coinpay_orders_total", dimensions: [("method", method.rawValue)]
    ).increment()
  }

  static func settled(_ item: Settlement.Settled, at moment: Timestamp) {
    let event = item.inboxEvent.event
    Counter(
      label: "coinpay_settlements_total",
      dimensions: [
        ("provider", event.provider.rawValue), ("source", event.source.rawValue),
        ("outcome", item.outcome.text),
      ]
    ).increment()
    guard case .credited = item.outcome, let order = item.order else { return }
    let microseconds = moment.microseconds - order.createdAt.microseconds
    Timer(
      label: "coinpay_time_to_payment_seconds",
      dimensions: [("provider", event.provider.rawValue)]
    ).recordMicroseconds(max(0, microseconds))
  }

  /// - Parameter provider: nil for an event that cannot be read back.
  static func parked(_ provider: PaymentMethod?) {
    Counter(
      label: "coinpay_events_parked_total",
      dimensions: [("provider", provider?.rawValue ?? "unknown")]
    ).increment()
  }

  /// News of other software on the same account.
  static func foreign(_ provider: PaymentMethod) {
    Counter(
      label: "coinpay_foreign_notifications_total", dimensions: [("provider", provider.rawValue)]
    ).increment()
  }

  static func contradicted(_ provider: PaymentMethod) {
    Counter(
      label: "coinpay_events_contradicting_total", dimensions: [("provider", provider.rawValue)]
    ).increment()
  }
}
