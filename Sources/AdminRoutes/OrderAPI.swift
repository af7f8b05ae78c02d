import Accounts
import Database
import Documents
import HTTP
import Orders
import Routes
import Vocabulary

/// Orders for programs.
enum OrderAPI {
  struct Part<Item: Encodable>: Encodable {
    let items: [Item]
    /// Given as `after`, it leads to the next part.
    let next: String?
  }

  /// `GET /api/admin/orders?q=&status=&method=&from=&until=&after=`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let list = try OrderList.read(admin, &connection)
    return .success(Part(items: admin.summaries(list), next: list.next))
  }

  /// `GET /api/admin/orders/{order_no}`
  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let page = try OrderStoryPage.read(admin, &connection)
    return .success(
      OrderDocument(
        OrderSummary(
          page.order, username: page.username, now: admin.site.clock.now(), admin.site.zone),
        page.trace, page.differences, admin.site.zone))
  }
}

extension AdminCall {
  func summaries(_ list: OrderList) -> [OrderSummary] {
    list.orders.map {
      OrderSummary($0, username: list.usernames[$0.userID] ?? "", now: list.now, site.zone)
    }
  }
}
