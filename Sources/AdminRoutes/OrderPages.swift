import Accounts
import AdminPages
import Database
import HTTP
import Orders
import Pages
import Routes
import Vocabulary

/// Orders as operators see them.
enum OrderPages {
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let list = try OrderList.read(admin, &connection)
    return admin.page(
      ConsolePage(
        admin.say(.orders),
        [
          ConsoleSection(
            nil,
            [
              .filters(filters(admin)),
              table(list, admin),
            ])
        ]))
  }

  static func table(_ list: OrderList, _ admin: AdminCall) -> ConsoleBlock {
    let columns: [ConsoleTable.Column] = [
      .init(admin.say(.orderNumber)), .init(admin.say(.state)), .init(admin.say(.user)),
      .init(admin.say(.amount), isNumber: true), .init(admin.say(.consoleCoins), isNumber: true),
      .init(admin.say(.consoleMethod)), .init(admin.say(.created)), .init(admin.say(.paid)),
    ]
    return .table(
      ConsoleTable(
        columns, list.orders.map { row($0, list, admin) }, empty: admin.say(.noOrdersFound),
        more: admin.more(list.next)))
  }

  private static func row(
    _ order: CoinOrder, _ list: OrderList, _ admin: AdminCall
  ) -> [ConsoleCell] {
    let status = order.status(at: list.now)
    let username = list.usernames[order.userID] ?? ""
    return [
      .codeLink(order.number.text, address: "/admin/orders/\(order.number)"),
      .badge(Badge(Names.status(status, admin.language), kind: status.rawValue)),
      .link(username, address: "/admin/users/\(PercentCoding.encode(username))"),
      .money(order.amount), .number(Names.coins(order.totalCoins)),
      .text(admin.name(of: order.paymentMethod)),
      .moment(admin.moment(order.createdAt)),
      .optionalMoment(order.paidAt.map(admin.moment)),
    ]
  }

  private static func filters(_ admin: AdminCall) -> [ConsoleField] {
    let statuses = OrderStatus.allCases.map {
      (value: $0.rawValue, text: Names.status($0, admin.language))
    }
    let methods = admin.site.faces.methods.map {
      (value: $0.rawValue, text: admin.name(of: $0))
    }
    return [
      ConsoleField(
        .line, "q", admin.say(.searchOrders), value: admin.filter("q") ?? "",
        hint: admin.say(.searchOrdersHint), isRequired: false),
      ConsoleField(
        .choice([(value: "", text: admin.say(.anyStatus))] + statuses), "status",
        admin.say(.state), value: admin.filter("status") ?? ""),
      ConsoleField(
        .choice([(value: "", text: admin.say(.all))] + methods), "method",
        admin.say(.consoleMethod),
        value: admin.filter("method") ?? ""),
      ConsoleField(
        .date, "from", admin.say(.fromDay), value: admin.filter("from") ?? "", isRequired: false),
      ConsoleField(
        .date, "until", admin.say(.until), value: admin.filter("until") ?? "", isRequired: false),
    ]
  }
}
