import HTTPTypes

/// What a buyer does who buys by the mock, in this order.
enum BuyerWalk {
  /// What anybody may see.
  static let asNobody: [RouteStep] = [
    .get("/", nil, 303, says: "/coin"),
    .get("/healthz", says: "ok"),
    .get("/readyz", says: "ready"),
    .get("/metrics", says: "metrics"),
    .get("/metrics/notifications", says: "metrics"),
    .get("/login", says: "<form"),
    .get("/register", says: "<form"),
    .get("/logout", nil, 303, says: "/coin"),
    .get("/coin", nil, 303, says: "/login"),
    .get("/coin/orders", nil, 303, says: "/login"),
    .get("/api/coin/packages", says: #""coins":1200"#),
    .get("/api/payment/methods", says: "MOCK"),
    .get("/api/auth/me", nil, 401, says: "LOGIN_REQUIRED"),
    .post("/api/auth/logout", nil, "{}", says: "success"),
    .post(
      "/api/auth/login", nil, #"{"username":"demo","password":"wrong-password"}"#, 401,
      says: "CREDENTIALS"),
    .post(
      "/api/auth/register", nil, #"{"username":"newcomer","password":"a long way home"}"#,
      says: "newcomer"),
    .post(
      "/api/payment/{provider}/notify", "/api/payment/nobody/notify", "{}", 404, says: "NOT_FOUND"),
    .post(
      "/api/payment/webhook/{provider}", "/api/payment/webhook/stripe", "{}", 503,
      says: "PAYMENT_METHOD_UNAVAILABLE"),
  ]

  /// - Parameters:
  ///   - paid: an order that the mock says was paid.
  ///   - open: one that waits for its payment.
  static func asDemo(paid: String, open: String) -> [RouteStep] {
    [
      .get("/coin", says: "体验包"),
      .get("/coin/orders", says: paid),
      .get("/coin/transactions", says: "100"),
      .get("/coin/account", says: "demo"),
      .get("/coin/orders/{order_no}/receipt", "/coin/orders/\(paid)/receipt", says: paid),
      .get("/coin/pay/{order_no}", "/coin/pay/\(open)", says: open),
      .get("/payment/success", "/payment/success?order_no=\(paid)", says: paid),
      .get("/api/auth/me", says: "demo"),
      .get("/api/auth/sessions", says: "is_current"),
      .post("/api/auth/confirm", nil, #"{"password":"demo-password"}"#, says: "success"),
      .post(
        "/api/auth/email", nil, #"{"email":"demo@example.org"}"#, says: "success", method: .put),
      .post("/api/auth/email", nil, "{}", says: "success", method: .delete),
      .get("/api/auth/export", says: paid),
      .get("/api/coin/info", says: #""balance":100"#),
      .get("/api/coin/orders", says: open),
      .get("/api/coin/transactions", says: #""coins":100"#),
      .get("/api/coin/order/status/{order_no}", "/api/coin/order/status/\(paid)", says: "PAID"),
      .get(
        "/api/coin/order/{order_no}/qr.svg", "/api/coin/order/\(open)/qr.svg", 404,
        says: "NOT_FOUND"),
      .post(
        "/api/coin/order/{order_no}/pay", "/api/coin/order/\(open)/pay",
        #"{"payment_method":"MOCK"}"#,
        says: open),
      .post(
        "/api/coin/order/{order_no}/check", "/api/coin/order/\(open)/check", "{}", says: "PENDING"),
      .post(
        "/api/coin/order/{order_no}/cancel", "/api/coin/order/\(open)/cancel", "{}",
        says: "CANCELLED"),
      .post(
        "/api/coin/order/{order_no}/cancel", "/api/coin/order/\(paid)/cancel", "{}", 409,
        says: "CONFLICT"),
    ]
  }
}
