import HTTP
import Vocabulary

/// Every address of the console with the least role that may use it. A new page is one line here; a
/// test asks each of them as each role.
enum AdminRouteTable {
  static let all: [AdminRoute] = security + orders

  private static let security: [AdminRoute] = [
    .get("/admin", .viewer) { _, _ in .redirect(to: "/admin/orders") },
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

  private static let orders: [AdminRoute] = [
    .get("/admin/orders", .viewer, OrderPages.list),
    .get("/api/admin/orders", .viewer, OrderAPI.list),
  ]
}
