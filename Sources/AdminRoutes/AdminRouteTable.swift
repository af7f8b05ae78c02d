import HTTP
import Vocabulary

/// Every address of the console with the least role that may use it. A new page is one line here; a
/// test asks each of them as each role.
enum AdminRouteTable {
  static let all: [AdminRoute] =
    security + dashboard + orders + confirmations + users + packages + queue + reconciliation
    + controls + records

  private static let security: [AdminRoute] = [
    .get("/admin", .viewer) { _, _ in .redirect(to: "/admin/dashboard") },
    .get("/admin/verify", .viewer, needsSecondFactor: false, SecurityPages.verify),
    .get("/admin/security", .viewer, SecurityPages.security),
    .get("/api/admin/me", .viewer, needsSecondFactor: false, SecurityRoutes.me),
    .get("/api/admin/routes", .administrator, SecurityRoutes.routes),
    .post(
      "/api/admin/second-factor/begin", .viewer, needsSecondFactor: false, SecurityRoutes.begin),
    .post(
      "/api/admin/second-factor/verify", .viewer, needsSecondFactor: false, SecurityRoutes.verify),
    .post("/api/admin/second-factor/recovery-codes", .viewer, SecurityRoutes.renewCodes),
  ]

  private static let controls: [AdminRoute] = [
    .get("/admin/controls", .viewer, ControlPages.controls),
    .get("/api/admin/controls", .viewer, ControlAPI.show),
    .post("/api/admin/controls/method", .operator, ControlAPI.switchMethod),
    .post("/api/admin/controls/backup", .operator, ControlAPI.nameBackup),
    .post("/api/admin/controls/order", .operator, ControlAPI.arrange),
    .post("/api/admin/controls/pause", .operator, ControlAPI.pause),
    .post("/api/admin/controls/resume", .operator, ControlAPI.resume),
    .post("/api/admin/controls/stop-payments", .administrator, ControlAPI.stopPayments),
  ]

  private static let dashboard: [AdminRoute] = [
    .get("/admin/dashboard", .viewer, DashboardPage.dashboard),
    .get("/api/admin/statistics", .viewer, StatisticsAPI.statistics),
    .get("/api/admin/statistics.csv", .viewer, StatisticsAPI.csv),
  ]

  private static let orders: [AdminRoute] = [
    .get("/admin/orders", .viewer, OrderPages.list),
    .get("/admin/orders/{order_no}", .viewer, OrderStoryPage.show),
    .get("/admin/events/{id}", .administrator, RecordRoutes.eventPage),
    .get("/api/admin/orders", .viewer, OrderAPI.list),
    .get("/api/admin/orders/{order_no}", .viewer, OrderAPI.show),
    .get("/api/admin/events/{id}", .administrator, RecordRoutes.event),
    .post("/api/admin/orders/{order_no}/query", .operator, OrderActions.query),
    .post("/api/admin/orders/{order_no}/resettle", .operator, OrderActions.resettle),
    .post("/api/admin/orders/{order_no}/close", .operator, OrderActions.close),
    .post("/api/admin/orders/{order_no}/refund", .operator, OrderActions.refund),
    .post("/api/admin/orders/{order_no}/give-up-refund", .operator, GiveUpRefund.giveUp),
    .post("/api/admin/orders/{order_no}/confirm", .operator, OrderActions.confirm),
  ]

  private static let confirmations: [AdminRoute] = [
    .get("/admin/confirmations", .viewer, ConfirmationRoutes.page),
    .get("/api/admin/confirmations", .viewer, ConfirmationRoutes.list),
    .post("/api/admin/confirmations/{id}/approve", .operator, ConfirmationRoutes.approve),
    .post("/api/admin/confirmations/{id}/reject", .operator, ConfirmationRoutes.reject),
    .get("/api/admin/requests", .viewer, RequestRoutes.list),
    .post("/api/admin/requests/{id}/approve", .administrator, RequestRoutes.approve),
    .post("/api/admin/requests/{id}/reject", .operator, RequestRoutes.reject),
  ]

  private static let users: [AdminRoute] = [
    .get("/admin/users", .viewer, UserRoutes.listPage),
    .get("/admin/users/{username}", .viewer, UserRoutes.page),
    .get("/api/admin/users", .viewer, UserRoutes.list),
    .get("/api/admin/users/{username}", .viewer, UserRoutes.show),
    .post("/api/admin/users/{username}/grant", .operator, UserActions.grant),
    .post("/api/admin/users/{username}/deduct", .operator, UserActions.deduct),
    .post("/api/admin/users/{username}/disable", .operator, UserActions.disable),
    .post("/api/admin/users/{username}/enable", .operator, UserActions.enable),
    .post("/api/admin/users/{username}/role", .administrator, UserActions.setRole),
    .post(
      "/api/admin/users/{username}/second-factor/reset", .administrator,
      UserActions.resetSecondFactor),
    .post(
      "/api/admin/users/{username}/second-factor/invite", .administrator,
      UserActions.inviteSecondFactor),
  ]

  private static let packages: [AdminRoute] = [
    .get("/admin/packages", .viewer, PackageRoutes.page),
    .get("/api/admin/packages", .viewer, PackageRoutes.list),
    .post("/api/admin/packages", .administrator, PackageRoutes.create),
    .post("/api/admin/packages/{id}", .administrator, PackageRoutes.edit),
    .post("/api/admin/packages/{id}/active", .administrator, PackageRoutes.setActive),
  ]

  private static let queue: [AdminRoute] = [
    .get("/admin/queue", .viewer, QueueRoutes.page),
    .get("/api/admin/queue", .viewer, QueueRoutes.queue),
    .post("/api/admin/queue/{id}/retry", .operator, QueueRoutes.retry),
    .post("/api/admin/queue/{id}/discard", .operator, QueueRoutes.discard),
    .get("/api/admin/suspense", .viewer, QueueRoutes.suspense),
    .post("/api/admin/suspense/{id}/resolve", .operator, QueueRoutes.resolve),
  ]

  private static let reconciliation: [AdminRoute] = [
    .get("/admin/reconciliation", .viewer, ReconciliationPages.runs),
    .get("/admin/reconciliation/{id}", .viewer, ReconciliationPages.items),
    .get("/api/admin/reconciliation", .viewer, ReconciliationRoutes.runs),
    .get("/api/admin/reconciliation/{id}", .viewer, ReconciliationRoutes.items),
    .post("/api/admin/differences/{id}/resolve", .operator, ReconciliationRoutes.resolve),
  ]

  private static let records: [AdminRoute] = [
    .get("/admin/audit", .viewer, RecordRoutes.auditPage),
    .get("/admin/settings", .administrator, RecordRoutes.settingsPage),
    .get("/api/admin/audit", .viewer, RecordRoutes.audit),
    .get("/api/admin/settings", .administrator, RecordRoutes.settings),
  ]
}
