import HTTP
import Vocabulary

/// Every address of the console with the least role that may use it. A new page is one line here; a
/// test asks each of them as each role.
enum AdminRouteTable {
  static let all: [AdminRoute] = security + orders + controls + dashboard

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
    .get("/api/admin/orders", .viewer, OrderAPI.list),
  ]
}
