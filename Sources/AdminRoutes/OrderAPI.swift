import Accounts
import Database
import FoundationEssentials
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

  struct Item: Encodable {
    let orderNo: String
    let status: String
    let username: String
    let amount: Decimal
    let currency: String
    let coins: Int64
    let bonusCoins: Int64
    let paymentMethod: String
    let createdAt: String
    let paidAt: String?
    let expiresAt: String

    init(_ order: CoinOrder, username: String, _ admin: AdminCall) {
      orderNo = order.number.text
      status = order.status(at: admin.site.clock.now()).rawValue
      self.username = username
      amount = order.amount.jsonNumber
      currency = order.amount.currency.code
      coins = order.coins
      bonusCoins = order.bonusCoins
      paymentMethod = order.paymentMethod.rawValue
      createdAt = admin.rfc3339(order.createdAt)
      paidAt = order.paidAt.map(admin.rfc3339)
      expiresAt = admin.rfc3339(order.expiresAt)
    }
  }

  /// `GET /api/admin/orders?q=&status=&method=&from=&until=&after=`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let list = try OrderList.read(admin, &connection)
    return .success(
      Part(
        items: list.orders.map { Item($0, username: list.usernames[$0.userID] ?? "", admin) },
        next: list.next))
  }
}
