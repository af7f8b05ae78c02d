import Accounts
import Database
import FoundationEssentials
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Vocabulary

/// What a user owns, can buy and has done.
enum CoinRoutes {
  private struct Info: Encodable {
    let balance: Int64
    let totalPurchased: Int64
    let totalBonus: Int64

    enum CodingKeys: String, CodingKey {
      case balance
      case totalPurchased = "total_purchased"
      case totalBonus = "total_bonus"
    }
  }

  private struct Package: Encodable {
    let id: Int64
    let name: String
    let coins: Int64
    let bonusCoins: Int64
    let prices: [String: Decimal]

    enum CodingKeys: String, CodingKey {
      case id, name, coins, prices
      case bonusCoins = "bonus_coins"
    }
  }

  private struct Method: Encodable {
    let paymentMethod: String
    let name: String
    let currency: String

    enum CodingKeys: String, CodingKey {
      case name, currency
      case paymentMethod = "payment_method"
    }
  }

  private struct Entry: Encodable {
    let id: Int64
    let kind: String
    let coins: Int64
    let balanceAfter: Int64
    let reference: String
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case id, kind, coins, reference
      case balanceAfter = "balance_after"
      case createdAt = "created_at"
    }
  }

  private struct Page<Item: Encodable>: Encodable {
    let items: [Item]
    let page: Int
    let perPage: Int
    let total: Int64

    enum CodingKeys: String, CodingKey {
      case items, page, total
      case perPage = "per_page"
    }
  }

  /// `GET /api/coin/info`
  static func info(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    guard let account = try CoinAccount.of(user.id, in: &connection) else {
      throw RouteError(.internal)
    }
    return .success(
      Info(
        balance: account.balance, totalPurchased: account.purchasedCoins,
        totalBonus: account.bonusCoins))
  }

  /// `GET /api/coin/packages`
  static func packages(_ call: Call, _ connection: inout Connection) throws -> Response {
    let packages = try CoinPackage.onSale(in: &connection)
    return .success(
      packages.map { package in
        Package(
          id: package.id.value, name: package.name.text(in: call.language.code),
          coins: package.coins,
          bonusCoins: package.bonusCoins,
          prices: Dictionary(
            uniqueKeysWithValues: package.prices.map { ($0.currency.code, $0.jsonNumber) }))
      })
  }

  /// `GET /api/payment/methods`
  static func methods(_ call: Call, _ connection: inout Connection) throws -> Response {
    let registry = call.site.checkout.registry
    return .success(
      call.site.checkout.offeredMethods.compactMap { method in
        registry.currency(of: method).map {
          Method(
            paymentMethod: method.rawValue, name: call.site.faces.name(method, call.language),
            currency: $0.code)
        }
      })
  }

  /// `GET /api/coin/orders`
  static func orders(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let slice = try ListSlice(call)
    let (filter, _) = try CoinPages.orderFilter(call)
    let orders = try CoinOrder.list(
      of: user.id, filter, offset: slice.offset, limit: slice.perPage, in: &connection)
    return .success(
      Page(
        items: orders.map { OrderAnswer($0, call, at: filter.now) }, page: slice.page,
        perPage: slice.perPage,
        total: try CoinOrder.count(of: user.id, filter, in: &connection)))
  }

  /// `GET /api/coin/transactions`
  static func transactions(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let slice = try ListSlice(call)
    let (filter, _) = try CoinPages.entryFilter(call)
    let entries = try LedgerEntry.list(
      of: user.id, filter, offset: slice.offset, limit: slice.perPage, in: &connection)
    let total = try LedgerEntry.count(of: user.id, filter, in: &connection)
    return .success(
      Page(
        items: entries.map { entry in
          Entry(
            id: entry.id, kind: entry.kind.rawValue, coins: entry.coins,
            balanceAfter: entry.balanceAfter, reference: entry.reference,
            createdAt: call.site.zone.rfc3339(entry.createdAt))
        }, page: slice.page, perPage: slice.perPage, total: total))
  }
}

/// The part of a list that `?page=&per_page=` asks for.
struct ListSlice {
  let page: Int
  let perPage: Int

  static let perPageStandard = 20
  static let pageMax = 1_000_000

  var offset: Int { (page - 1) * perPage }

  /// - Throws: INVALID_PARAMETERS for anything but whole numbers in bounds.
  init(_ call: Call) throws(RouteError) {
    page = try ListSlice.number(call, "page", standard: 1, in: 1...ListSlice.pageMax)
    perPage = try ListSlice.number(
      call, "per_page", standard: ListSlice.perPageStandard, in: 1...Limits.pageEntriesMax)
  }

  private static func number(
    _ call: Call, _ name: String, standard: Int, in bounds: ClosedRange<Int>
  ) throws(RouteError) -> Int {
    guard let text = call.request.query[name] else { return standard }
    guard let number = OutsideNumber(text)?.within(bounds) else {
      throw RouteError(.invalidParameters)
    }
    return number
  }

  /// The last part that a list of so many rows has, when this one lies behind its end.
  func inside(_ total: Int64) -> ListSlice {
    ListSlice(page: min(page, pages(of: total)), perPage: perPage)
  }

  private init(page: Int, perPage: Int) {
    self.page = page
    self.perPage = perPage
  }

  func pages(of total: Int64) -> Int {
    // bounded: a number of rows.
    max(1, (Int(total) + perPage - 1) / perPage)
  }
}
