import Accounts
import AdminPages
import Database
import Documents
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// Users and their wallets.
enum UserRoutes {
  struct Item: Encodable {
    let username: String
    let role: String
    let isDisabled: Bool
    let isErased: Bool
    let balance: Int64
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case username, role, balance
      case isDisabled = "is_disabled"
      case isErased = "is_erased"
      case createdAt = "created_at"
    }

    init(_ record: UserRecord, _ admin: AdminCall) {
      username = record.user.username
      role = record.user.role.rawValue
      isDisabled = record.disabledAt != nil
      isErased = record.erasedAt != nil
      balance = record.balance
      createdAt = admin.rfc3339(record.createdAt)
    }
  }

  private struct Entry: Encodable {
    let kind: String
    let coins: Int64
    let balanceAfter: Int64
    let reference: String
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case kind, coins, reference
      case balanceAfter = "balance_after"
      case createdAt = "created_at"
    }
  }

  private struct Story: Encodable {
    let user: Item
    let secondFactor: String
    let entries: [Entry]
    let orders: [OrderSummary]

    enum CodingKeys: String, CodingKey {
      case user, entries, orders
      case secondFactor = "second_factor"
    }
  }

  static let rowsMax = 50
  private static let recentRows = 20

  private struct Found {
    let records: [UserRecord]
    let next: String?
  }

  private static func find(_ admin: AdminCall, _ connection: inout Connection) throws -> Found {
    let records = try UserRecord.search(
      admin.filter("q")?.lowercased() ?? "",
      role: try admin.choice("role", .role, UserRole.init(rawValue:)),
      after: admin.filter("after"), limit: rowsMax + 1, in: &connection)
    let part = Array(records.prefix(rowsMax))
    return Found(
      records: part, next: records.count > rowsMax ? part.last?.user.username : nil)
  }

  /// The user that the path names.
  static func record(_ admin: AdminCall, _ connection: inout Connection) throws -> UserRecord {
    guard let name = admin.call.parameters?["username"].flatMap({ Username($0) }),
      let record = try UserRecord.find(name, in: &connection)
    else { throw RouteError(.userNotFound) }
    return record
  }

  private static func recentOrders(
    of record: UserRecord, _ admin: AdminCall, _ connection: inout Connection
  ) throws -> OrderList {
    var search = OrderSearch(now: admin.site.clock.now())
    search.userID = record.user.id
    return OrderList(
      now: search.now, orders: try search.run(limit: recentRows, in: &connection),
      usernames: [record.user.id: record.user.username], next: nil)
  }

  /// `GET /api/admin/users?q=&role=&after=`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try find(admin, &connection)
    return .success(
      OrderAPI.Part(items: found.records.map { Item($0, admin) }, next: found.next))
  }

  /// `GET /api/admin/users/{username}`
  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let record = try record(admin, &connection)
    let entries = try LedgerEntry.list(
      of: record.user.id, offset: 0, limit: recentRows, in: &connection)
    let orders = try recentOrders(of: record, admin, &connection)
    let state = try admin.console.secondFactor.state(of: record.user.id, in: &connection)
    return .success(
      Story(
        user: Item(record, admin), secondFactor: state.isEnrolled ? "enrolled" : "none",
        entries: entries.map {
          Entry(
            kind: $0.kind.rawValue, coins: $0.coins, balanceAfter: $0.balanceAfter,
            reference: $0.reference, createdAt: admin.rfc3339($0.createdAt))
        },
        orders: admin.summaries(orders)))
  }

  static func listPage(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try find(admin, &connection)
    let roles = UserRole.allCases.map {
      (value: $0.rawValue, text: $0.name(admin.language))
    }
    let filters = [
      ConsoleField(
        .line, "q", admin.say(.usernameStart), value: admin.filter("q") ?? "", isRequired: false),
      ConsoleField(
        .choice([(value: "", text: admin.say(.all))] + roles), "role", admin.say(.role),
        value: admin.filter("role") ?? ""),
    ]
    let table = ConsoleTable(
      [
        .init(admin.say(.user)), .init(admin.say(.role)), .init(admin.say(.state)),
        .init(admin.say(.consoleBalance), isNumber: true), .init(admin.say(.registered)),
      ],
      found.records.map { record in
        [
          .link(
            record.user.username,
            address: "/admin/users/\(PercentCoding.encode(record.user.username))"),
          .text(record.user.role.name(admin.language)),
          .badge(badge(record, admin)), .number(Names.coins(record.balance)),
          .moment(admin.moment(record.createdAt)),
        ]
      }, empty: admin.say(.noUsers), more: admin.more(found.next))
    return admin.page(
      ConsolePage(
        admin.say(.users), [ConsoleSection(nil, [.filters(filters), .table(table)])]))
  }

  private static func badge(_ record: UserRecord, _ admin: AdminCall) -> Badge {
    if record.erasedAt != nil { return Badge(admin.say(.erased), kind: "disabled") }
    return record.disabledAt == nil
      ? Badge(admin.say(.active), kind: "active") : Badge(admin.say(.disabled), kind: "disabled")
  }

  static func page(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let record = try record(admin, &connection)
    let entries = try LedgerEntry.list(
      of: record.user.id, offset: 0, limit: recentRows, in: &connection)
    let orders = try recentOrders(of: record, admin, &connection)
    let state = try admin.console.secondFactor.state(of: record.user.id, in: &connection)
    let facts: [(name: String, value: ConsoleCell)] = [
      (admin.say(.consoleBalance), .number(Names.coins(record.balance))),
      (admin.say(.role), .text(record.user.role.name(admin.language))),
      (admin.say(.registered), .moment(admin.moment(record.createdAt))),
      (
        admin.say(.secondFactor),
        .text(admin.say(state.isEnrolled ? .isEnrolled : .isNotEnrolled))
      ),
    ]
    return admin.page(
      ConsolePage(
        record.user.username, badge: badge(record, admin),
        [
          ConsoleSection(
            nil,
            [
              .facts(facts),
              .actions(
                try UserActions.offered(
                  record, hasFactor: state != .none, isEnrolled: state.isEnrolled, admin)),
            ]),
          ConsoleSection(admin.say(.ledger), [ledger(entries, admin)]),
          ConsoleSection(
            admin.say(.orders),
            [
              OrderPages.table(orders, admin),
              .links([
                (
                  admin.say(.allOrders),
                  "/admin/orders?q=" + PercentCoding.encode(record.user.username)
                )
              ]),
            ]),
        ]))
  }

  private static func ledger(_ entries: [LedgerEntry], _ admin: AdminCall) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.kind)), .init(admin.say(.change), isNumber: true),
          .init(admin.say(.balanceAfterChange), isNumber: true), .init(admin.say(.reference)),
          .init(admin.say(.time)),
        ],
        entries.map { entry in
          [
            .text(entry.kind.name(admin.language)),
            .number((entry.coins > 0 ? "+" : "") + Names.coins(entry.coins)),
            .number(Names.coins(entry.balanceAfter)), .code(entry.reference),
            .moment(admin.moment(entry.createdAt)),
          ]
        }, empty: admin.say(.nothingHere)))
  }
}
