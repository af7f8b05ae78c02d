import Accounts
import AdminPages
import Audit
import Database
import FoundationEssentials
import HTTP
import Operators
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// Packages and their prices.
enum PackageRoutes {
  private struct Item: Encodable {
    let id: Int64
    let name: LocalText
    let coins: Int64
    let bonusCoins: Int64
    let position: Int64
    let isActive: Bool
    let prices: [String: Decimal]

    enum CodingKeys: String, CodingKey {
      case id, coins, position, prices
      case bonusCoins = "bonus_coins"
      case isActive = "is_active"
    }

    func encode(to encoder: any Encoder) throws {
      try LocalMembers.write(name, "name", to: encoder)
      var members = encoder.container(keyedBy: CodingKeys.self)
      try members.encode(id, forKey: .id)
      try members.encode(coins, forKey: .coins)
      try members.encode(bonusCoins, forKey: .bonusCoins)
      try members.encode(position, forKey: .position)
      try members.encode(isActive, forKey: .isActive)
      try members.encode(prices, forKey: .prices)
    }
  }

  private struct PackageBody: Decodable {
    /// By the tags of languages.
    let names: [String: String]
    let coins: OutsideNumber
    let bonusCoins: OutsideNumber
    /// Nil: after all others, or unchanged.
    let position: OutsideNumber?
    /// `CNY:9.90 USD:1.49`
    let prices: String
    let reason: String

    enum CodingKeys: String, CodingKey {
      case coins, position, prices, reason
      case bonusCoins = "bonus_coins"
    }

    init(from decoder: any Decoder) throws {
      names = try LocalMembers.read("name", from: decoder)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      coins = try members.decode(OutsideNumber.self, forKey: .coins)
      bonusCoins = try members.decode(OutsideNumber.self, forKey: .bonusCoins)
      position = try members.decodeIfPresent(OutsideNumber.self, forKey: .position)
      prices = try members.decode(String.self, forKey: .prices)
      reason = try members.decode(String.self, forKey: .reason)
    }
  }

  private struct ActiveBody: Decodable {
    let isActive: Bool
    let reason: String

    enum CodingKeys: String, CodingKey {
      case reason
      case isActive = "is_active"
    }
  }

  private struct Made: Encodable {
    let id: Int64
    let notice: String?
  }

  /// Longest list of prices, in characters.
  private static let pricesCharactersMax = 200

  /// `GET /api/admin/packages`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(
      try CoinPackage.all(in: &connection).map { package in
        Item(
          id: package.id.value, name: package.name, coins: package.coins,
          bonusCoins: package.bonusCoins, position: package.position,
          isActive: package.isActive,
          prices: Dictionary(package.prices.map { ($0.currency.code, $0.jsonNumber) }) { $1 })
      })
  }

  /// `POST /api/admin/packages`
  static func create(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let (package, operation) = try body(admin)
    let id = try PackageChange.create(
      package, by: operation, on: &connection, at: admin.site.clock.now())
    return .success(Made(id: id.value, notice: warning(package, admin)))
  }

  /// `POST /api/admin/packages/{id}`
  static func edit(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let id = PackageID(try admin.number())
    let (package, operation) = try body(admin)
    let isFound = try PackageChange.edit(
      id, to: package, by: operation, on: &connection, at: admin.site.clock.now())
    guard isFound else { throw RouteError(.packageNotFound) }
    return .success(Done(notice: warning(package, admin)))
  }

  /// Names the configured methods that cannot sell a package; nil when all can.
  private static func warning(_ package: NewCoinPackage, _ admin: AdminCall) -> String? {
    let missing = admin.site.checkout.registry.methods(withoutPriceIn: package.prices)
    guard !missing.isEmpty else { return nil }
    let names = missing.map { method, currency in
      "\(admin.name(of: method)) (\(currency))"
    }
    return admin.say(.notSoldBy, names.joined(separator: admin.say(.listComma)))
  }

  /// `POST /api/admin/packages/{id}/active`
  static func setActive(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(ActiveBody.self)
    let isFound = try PackageChange.setActive(
      body.isActive, PackageID(try admin.number()), by: try admin.operation(body.reason),
      on: &connection, at: admin.site.clock.now())
    guard isFound else { throw RouteError(.packageNotFound) }
    return .success(Done())
  }

  private static func body(
    _ admin: AdminCall
  ) throws(RouteError) -> (package: NewCoinPackage, operation: Operation) {
    let body = try admin.call.decode(PackageBody.self)
    var prices: [Money] = []
    guard body.prices.utf8.count <= pricesCharactersMax else {
      throw RouteError(.invalidParameters, message: admin.say(.pricesHint))
    }
    for item in body.prices.split(whereSeparator: { $0 == " " || $0 == "," }) {
      do throws(PackagePrice.Refusal) {
        prices.append(try PackagePrice.read(item))
      } catch {
        guard case .problem(let problem) = error else {
          throw RouteError(.invalidParameters, message: admin.say(.pricesHint))
        }
        throw RouteError(
          .invalidParameters,
          message: admin.say(
            .priceRefused, admin.language.pair(String(item), problem.text(admin.language))))
      }
    }
    let position = body.position?.within(0...NewCoinPackage.positionMax)
    guard let coins = body.coins.within(1...Limits.coinsMax),
      let bonusCoins = body.bonusCoins.within(0...Limits.coinsMax),
      (position == nil) == (body.position == nil), let name = LocalText(body.names),
      let package = NewCoinPackage(
        name: name, coins: coins, bonusCoins: bonusCoins,
        position: position, prices: prices)
    else { throw RouteError(.invalidParameters, message: admin.say(.packageWrong)) }
    return (package, try admin.operation(body.reason))
  }

  static func page(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let packages = try CoinPackage.all(in: &connection)
    let names = Language.all.map { language in
      ConsoleTable.Column(LocalMembers.label(.nameIn, language, admin))
    }
    let table = ConsoleTable(
      [.init(admin.say(.number))] + names + [
        .init(admin.say(.consoleCoins), isNumber: true), .init(admin.say(.prices)),
        .init(admin.say(.position), isNumber: true), .init(admin.say(.state)),
        .init(admin.say(.actions)),
      ],
      packages.map { row($0, admin) }, empty: admin.say(.consoleNoPackages))
    var blocks: [ConsoleBlock] = [.table(table)]
    if admin.may(.administrator) {
      let form = form("create", "/api/admin/packages", nil, .createPackage, admin)
      blocks.insert(
        .actions([ConsoleAction(admin.say(.createPackage), admin.say(.packageText), form)]), at: 0)
    }
    return admin.page(ConsolePage(admin.say(.packages), [ConsoleSection(nil, blocks)]))
  }

  private static func row(_ package: CoinPackage, _ admin: AdminCall) -> [ConsoleCell] {
    let names = Language.all.map { ConsoleCell.optional(package.name.texts[$0.code]) }
    return [.code(package.id.description)] + names + [
      .number("\(Names.coins(package.coins)) + \(Names.coins(package.bonusCoins))"),
      .text(package.prices.map(\.display).joined(separator: " · ")),
      .number(String(package.position)),
      .badge(
        package.isActive
          ? Badge(admin.say(.onSale), kind: "active") : Badge(admin.say(.offSale), kind: "closed")),
      actions(package, admin),
    ]
  }

  private static func actions(_ package: CoinPackage, _ admin: AdminCall) -> ConsoleCell {
    guard admin.may(.administrator) else { return .none }
    let address = "/api/admin/packages/\(package.id)"
    let edit = form("edit-\(package.id)", address, package, .editPackage, admin)
    let label: Phrase = package.isActive ? .takeOffSale : .putOnSale
    return .actions([
      ConsoleAction(admin.say(.editPackage), admin.say(.packageText), edit),
      ConsoleAction(
        admin.say(label), package.name.chinese + " / " + package.name.english,
        ConsoleForm(
          "active-\(package.id)", to: address + "/active",
          [
            ConsoleField(
              .hidden, "is_active", value: package.isActive ? "false" : "true", form: .boolean),
            admin.reasonField(),
          ], submit: admin.say(label), isDangerous: package.isActive)),
    ])
  }

  private static func form(
    _ id: String, _ address: String, _ package: CoinPackage?, _ submit: Phrase,
    _ admin: AdminCall
  ) -> ConsoleForm {
    let prices = package?.prices.map { "\($0.currency):\($0.decimal)" }.joined(separator: " ")
    func number(_ name: String, _ label: Phrase, _ value: Int64?) -> ConsoleField {
      ConsoleField(
        .line, name, admin.say(label), value: value.map { String($0) } ?? "0", form: .integer,
        charactersMax: 13)
    }
    let names = LocalMembers.fields(
      "name", .nameIn, package?.name, isRequired: true, NewCoinPackage.nameLimit, admin)
    return ConsoleForm(
      id, to: address,
      names + [
        number("coins", .consoleCoins, package?.coins),
        number("bonus_coins", .consoleBonus, package?.bonusCoins),
        ConsoleField(
          .line, "prices", admin.say(.prices), value: prices ?? "", hint: admin.say(.pricesHint),
          charactersMax: pricesCharactersMax),
        ConsoleField(
          .line, "position", admin.say(.position),
          value: package.map { String($0.position) } ?? "", form: .integer,
          hint: admin.say(.positionHint), isRequired: false, charactersMax: 13),
        admin.reasonField(),
      ], submit: admin.say(submit))
  }
}
