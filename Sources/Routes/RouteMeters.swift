import HTTPTypes
import Metrics
import Payments
import Provider
import Vocabulary

/// What is counted about requests and notifications.
enum RouteMeters {
  /// - Parameter route: the pattern of the route, so that there are as many values as routes.
  static func request(
    _ method: HTTPRequest.Method, route: String?, status: HTTPResponse.Status,
    duration: Duration
  ) {
    let route = route ?? "none"
    Counter(
      label: "coinpay_http_requests_total",
      dimensions: [
        ("method", known(method)), ("route", route), ("status", String(status.code)),
      ]
    ).increment()
    Timer(label: "coinpay_http_request_duration_seconds", dimensions: [("route", route)])
      // bounded: the time that our own work took.
      .recordNanoseconds(Int64(duration / .nanoseconds(1)))
  }

  static func notification(_ provider: PaymentMethod, _ result: String) {
    Counter(
      label: "coinpay_notifications_total",
      dimensions: [("provider", provider.rawValue), ("result", result)]
    ).increment()
  }

  static func refusedNotification(_ provider: PaymentMethod, _ refusal: NotificationRefusal) {
    Counter(
      label: "coinpay_notifications_refused_total",
      dimensions: [("provider", provider.rawValue), ("reason", refusal.rawValue)]
    ).increment()
  }

  /// Anybody may invent a method.
  private static func known(_ method: HTTPRequest.Method) -> String {
    [.get, .head, .post, .put, .delete].contains(method) ? method.rawValue : "other"
  }
}
