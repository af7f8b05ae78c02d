import Accounts
import Database
import HTTP
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// The orders that the filters of an address ask for, for the page and the API alike.
struct OrderList {
  /// When they were looked for: rows show their states of that moment, so that a row fits its filter.
  let now: Timestamp
  let orders: [CoinOrder]
  let usernames: [UserID: String]
  /// What to ask for the next part; nil at the end.
  let next: String?

  static let rowsMax = 50

  static func read(_ admin: AdminCall, _ connection: inout Connection) throws -> OrderList {
    var search = OrderSearch(now: admin.site.clock.now())
    search.status = try admin.choice("status", .state, OrderStatus.init(rawValue:))
    search.method = try admin.choice("method", .consoleMethod, admin.site.faces.method(named:))
    search.from = try admin.day("from", .fromDay)?.start
    search.until = try admin.day("until", .until)?.end
    search.after = try admin.choice("after", .listPosition, OrderList.position)
    if let text = admin.filter("q") {
      try narrow(&search, to: text, by: admin.site.faces.methods, on: &connection)
    }
    let found = try search.run(limit: rowsMax + 1, in: &connection)
    let orders = Array(found.prefix(rowsMax))
    let last = found.count > rowsMax ? orders.last : nil
    return OrderList(
      now: search.now, orders: orders,
      usernames: try User.names(of: orders.map(\.userID), in: &connection),
      next: last.map { "\($0.createdAt.microseconds)_\($0.id)" })
  }

  /// A number of an order, or of what belongs to one, or else a user's name.
  private static func narrow(
    _ search: inout OrderSearch, to text: String, by providers: [PaymentMethod],
    on connection: inout Connection
  ) throws {
    let upper = text.uppercased()
    if let number = OrderNumber(upper), let order = try CoinOrder.find(number, in: &connection) {
      search.ids = [order.id]
      return
    }
    search.ids = try OrderFinder.orders(of: text, by: providers, in: &connection)
    // Providers' numbers may differ by case alone; ours are upper case, however somebody typed them.
    if search.ids == [], upper != text {
      search.ids = try OrderFinder.orders(of: upper, by: providers, in: &connection)
    }
    if search.ids == [], let username = Username(text),
      let user = try User.find(username, in: &connection)
    {
      search.ids = nil
      search.userID = user.id
    }
  }

  private static func position(_ text: String) -> OrderSearch.Position? {
    let parts = text.split(separator: "_")
    guard parts.count == 2,
      let createdAt = OutsideNumber(parts[0]).flatMap(Timestamp.init(reportedMicroseconds:)),
      let id = OutsideNumber(parts[1])?.identifier
    else { return nil }
    return OrderSearch.Position(createdAt: createdAt, id: OrderID(id))
  }
}
