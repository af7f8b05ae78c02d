/// What an administrator does at the console, in this order.
enum ConsoleWalk {
  /// - Parameters:
  ///   - paid: an order that was paid.
  ///   - open: one that was cancelled.
  static func asAdministrator(paid: String, open: String) -> [RouteStep] {
    reading(paid) + deciding(paid, open) + people + controls
  }

  private static func reading(_ paid: String) -> [RouteStep] {
    [
      .get("/admin", nil, 303, says: "/admin/dashboard"),
      .get("/admin/verify", says: "second-factor"),
      .get("/admin/security", says: "两步验证"),
      .get("/admin/dashboard", says: "概览"),
      .get("/admin/orders", says: paid),
      .get("/admin/orders/{order_no}", "/admin/orders/\(paid)", says: paid),
      // The mock settles without a notification whose body could be shown.
      .get("/admin/events/{id}", "/admin/events/1", 404, says: "<"),
      .get("/admin/confirmations", says: "<"),
      .get("/admin/users", says: "demo"),
      .get("/admin/users/{username}", "/admin/users/demo", says: "demo"),
      .get("/admin/packages", says: "Starter"),
      .get("/admin/queue", says: "<"),
      .get("/admin/reconciliation", says: "<"),
      .get("/admin/reconciliation/{id}", "/admin/reconciliation/1", 404, says: "<"),
      .get("/admin/controls", says: "MOCK"),
      .get("/admin/audit", says: "<"),
      .get("/admin/settings", says: "COINPAY_BASE_URL"),
      .get("/api/admin/me", says: "admin"),
      .get("/api/admin/routes", says: "/api/admin/orders"),
      .get("/api/admin/statistics", says: "success"),
      .get("/api/admin/statistics.csv", says: ","),
      .get("/api/admin/orders", says: paid),
      .get("/api/admin/orders/{order_no}", "/api/admin/orders/\(paid)", says: paid),
      .get("/api/admin/events/{id}", "/api/admin/events/1", 404, says: "NOT_FOUND"),
      .get("/api/admin/confirmations", says: "decided"),
      .get("/api/admin/requests", says: "open"),
      .get("/api/admin/users", says: "demo"),
      .get("/api/admin/users/{username}", "/api/admin/users/demo", says: #""balance":100"#),
      .get("/api/admin/packages", says: "Starter"),
      .get("/api/admin/queue", says: #""parked":0"#),
      .get("/api/admin/suspense", says: #""data":[]"#),
      .get("/api/admin/reconciliation", says: "items"),
      .get("/api/admin/reconciliation/{id}", "/api/admin/reconciliation/1", 404, says: "NOT_FOUND"),
      .get("/api/admin/controls", says: "MOCK"),
      .get("/api/admin/audit", says: "items"),
      .get("/api/admin/settings", says: "COINPAY_BASE_URL"),
    ]
  }

  private static func deciding(_ paid: String, _ open: String) -> [RouteStep] {
    let reason = #"{"reason":"seen"}"#
    return [
      .post(
        "/api/admin/orders/{order_no}/query", "/api/admin/orders/\(paid)/query", "{}", says: paid),
      .post(
        "/api/admin/orders/{order_no}/resettle", "/api/admin/orders/\(paid)/resettle", reason,
        says: "success"),
      .post(
        "/api/admin/orders/{order_no}/close", "/api/admin/orders/\(open)/close", reason,
        says: "success"),
      .post(
        "/api/admin/orders/{order_no}/refund", "/api/admin/orders/\(paid)/refund",
        #"{"amount":"3.30","reason":"seen","rule":"take-back","key":"r1"}"#, says: "success"),
      .post(
        "/api/admin/orders/{order_no}/give-up-refund", "/api/admin/orders/\(paid)/give-up-refund",
        #"{"refund_no":"none","reason":"seen"}"#, 404, says: "NOT_FOUND"),
      .post(
        "/api/admin/orders/{order_no}/confirm", "/api/admin/orders/\(paid)/confirm",
        #"{"out_trade_no":"\#(paid)","reason":"seen","key":"c1"}"#, 409, says: "CONFLICT"),
      .post(
        "/api/admin/confirmations/{id}/approve", "/api/admin/confirmations/1/approve", "{}", 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/confirmations/{id}/reject", "/api/admin/confirmations/1/reject", reason, 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/requests/{id}/approve", "/api/admin/requests/1/approve", "{}", 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/requests/{id}/reject", "/api/admin/requests/1/reject", reason, 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/queue/{id}/retry", "/api/admin/queue/1/retry", reason, 404, says: "NOT_FOUND"),
      .post(
        "/api/admin/queue/{id}/discard", "/api/admin/queue/1/discard", reason, 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/suspense/{id}/resolve", "/api/admin/suspense/1/resolve", reason, 404,
        says: "NOT_FOUND"),
      .post(
        "/api/admin/differences/{id}/resolve", "/api/admin/differences/1/resolve", reason, 404,
        says: "NOT_FOUND"),
    ]
  }

  private static let people: [RouteStep] = [
    .post(
      "/api/admin/users/{username}/grant", "/api/admin/users/demo/grant",
      #"{"coins":5,"reason":"seen","key":"g1"}"#, says: "balance"),
    .post(
      "/api/admin/users/{username}/deduct", "/api/admin/users/demo/deduct",
      #"{"coins":5,"reason":"seen","key":"d1"}"#, says: "balance"),
    .post(
      "/api/admin/users/{username}/disable", "/api/admin/users/demo/disable", #"{"reason":"seen"}"#,
      says: "success"),
    .post(
      "/api/admin/users/{username}/enable", "/api/admin/users/demo/enable", #"{"reason":"seen"}"#,
      says: "success"),
    .post(
      "/api/admin/users/{username}/role", "/api/admin/users/newcomer/role",
      #"{"role":"viewer","reason":"seen"}"#, says: "success"),
    .post(
      "/api/admin/users/{username}/second-factor/reset",
      "/api/admin/users/demo/second-factor/reset",
      #"{"reason":"seen"}"#, 409, says: "CONFLICT"),
    .post(
      "/api/admin/users/{username}/second-factor/invite",
      "/api/admin/users/newcomer/second-factor/invite",
      #"{"reason":"seen"}"#, says: "code"),
    .post("/api/admin/second-factor/begin", nil, "{}", says: "otpauth_url"),
    .post("/api/admin/second-factor/verify", nil, #"{"code":"none"}"#, 400, says: "INVALID_CODE"),
    .post(
      "/api/admin/second-factor/recovery-codes", nil, #"{"code":"none"}"#, 409, says: "CONFLICT"),
  ]

  private static let controls: [RouteStep] = [
    .post(
      "/api/admin/packages", nil,
      #"{"name_zh":"小包","name_en":"Small","coins":7,"bonus_coins":0,"position":9,"prices":"CNY:0.70","reason":"new"}"#,
      says: "success"),
    .post(
      "/api/admin/packages/{id}", "/api/admin/packages/5",
      #"{"name_zh":"小包","name_en":"Tiny","coins":7,"bonus_coins":0,"position":9,"prices":"CNY:0.70","reason":"name"}"#,
      says: "success"),
    .post(
      "/api/admin/packages/{id}/active", "/api/admin/packages/5/active",
      #"{"is_active":false,"reason":"over"}"#, says: "success"),
    .post(
      "/api/admin/controls/method", nil, #"{"method":"MOCK","is_off":true,"reason":"seen"}"#,
      says: "success"),
    .post(
      "/api/admin/controls/backup", nil, #"{"method":"MOCK","backup":null,"reason":"seen"}"#,
      says: "success"),
    .post(
      "/api/admin/controls/order", nil, #"{"methods":"MOCK","reason":"seen"}"#, says: "success"),
    .post(
      "/api/admin/controls/pause", nil, #"{"mode":"READ_ONLY","minutes":5,"reason":"seen"}"#,
      says: "success"),
    .post("/api/admin/controls/resume", nil, #"{"reason":"seen"}"#, says: "success"),
    .post("/api/admin/controls/stop-payments", nil, #"{"reason":"seen"}"#, says: "success"),
  ]
}
