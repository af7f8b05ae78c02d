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
    return .success(
      Part(
        items: list.orders.map { admin.summary($0, username: list.usernames[$0.userID] ?? "") },
        next: list.next))
  }

  /// `GET /api/admin/orders/{order_no}`
  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let page = try OrderStoryPage.read(admin, &connection)
    return .success(
      OrderDocument(
        admin.summary(page.order, username: page.username), page.trace, page.differences,
        admin.rfc3339))
  }
}

extension AdminCall {
  func summary(_ order: CoinOrder, username: String) -> OrderSummary {
    OrderSummary(order, username: username, now: site.clock.now(), rfc3339)
  }
}
