import Accounts
import Audit
import Crypto
import Database
import Kit
import Logging
import Operators
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// A checkout on a database of its own with played providers, one package and one buyer.
final class ShopFixture {
  private struct NoUser: Error {}

  /// What the package costs at the beginning.
  static let prices = [("9.90", "CNY"), ("1.49", "USD")]

  let clock: MovableClock
  let keyRing: KeyRing
  let yuan: PlayedProvider
  let dollar: PlayedProvider
  let caretaker: Caretaker
  let desk: SettlementDesk
  let logger: Logger
  let database: DatabaseConfiguration
  let userID: UserID
  let packageID: PackageID
  var connection: Connection

  init() throws {
    clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    let key = [UInt8](repeating: 3, count: 32)
    keyRing = try KeyRing(setting: "k1:\(Base64.encode(key))")
    database = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    var connection = Connection(database)
    logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    yuan = PlayedProvider(method: .wechat, currency: .cny)
    dollar = PlayedProvider(method: .stripe, currency: .usd)
    let registry = ProviderRegistry([yuan, dollar])
    desk = SettlementDesk(keyRing: keyRing, clock: clock.clock, logger: logger, rules: .forTests)
    caretaker = Caretaker(
      registry: registry, desk: desk, clock: clock.clock, logger: logger)
    let accounts = try AccountDesk(
      sessionKey: try #require(SymmetricKey(key)), clock: clock.clock)
    let name = try #require(Username("buyer"))
    let registered = try accounts.register(
      name, password: try NewPassword("long password", of: name), on: &connection)
    guard case .registered(let user) = registered else { throw NoUser() }
    userID = user.id
    packageID = try PackageChange.create(
      try Self.package(name: "Pack", prices: Self.prices),
      by: Operation(by: "cli:test", saying: "test"), on: &connection, at: clock.clock.now())
    self.connection = connection
  }

  static func package(name: String, prices: [(String, String)]) throws -> NewCoinPackage {
    let money = try prices.map { text, code in
      let currency = try #require(Currency(code))
      return try #require(Money(decimal: text, currency: currency))
    }
    return try #require(
      NewCoinPackage(
        name: LocalText(chinese: name, english: name), coins: 100, bonusCoins: 0, position: 0,
        prices: money)
    )
  }

  func edit(name: String = "Pack", prices: [(String, String)]) throws {
    let isFound = try PackageChange.edit(
      packageID, to: try Self.package(name: name, prices: prices),
      by: Operation(by: "cli:test", saying: "test"), on: &connection, at: clock.clock.now())
    #expect(isFound)
  }

  /// - Parameter providerCallsMax: that one user may cause in a minute.
  func makeCheckout(
    baseURL: String = "https://shop.example", providerCallsMax: Int = 1_000,
    zone: TimeZoneOffset = .beijing, limit: (inout PurchaseLimits) -> Void = { _ in }
  ) -> Checkout {
    var limits = PurchaseLimits()
    limits.providerCallsMax = providerCallsMax
    limit(&limits)
    return Checkout(
      registry: ProviderRegistry([yuan, dollar]), keyRing: keyRing, clock: clock.clock,
      zone: zone, orderTTLSeconds: 1_800, baseURL: baseURL,
      settlements: SettlementQueue(desk: desk), logger: logger,
      limits: limits)
  }

  lazy var checkout = makeCheckout()

  func buyer(
    language: String = "zh-CN", isMobile: Bool = false, address: String = "192.0.2.1"
  ) -> Buyer {
    Buyer(
      userID: userID, language: language,
      payer: PayerContext(isMobile: isMobile, address: address))
  }

  func create(
    _ method: PaymentMethod, key: NewCoinOrder.Idempotency? = nil, buyer: Buyer? = nil
  ) throws -> CheckoutOutcome {
    try checkout.create(
      PurchaseRequest(
        buyer: buyer ?? self.buyer(), packageID: packageID, method: method, idempotency: key),
      on: &connection)
  }

  func buy(_ method: PaymentMethod) throws -> OrderCheckout {
    try Self.ready(try create(method))
  }

  func payAgain(
    _ number: OrderNumber, _ method: PaymentMethod, buyer: Buyer? = nil
  ) throws -> CheckoutOutcome {
    try checkout.payAgain(
      PayAgainRequest(buyer: buyer ?? self.buyer(), orderNumber: number, method: method),
      on: &connection)
  }

  static func ready(_ outcome: CheckoutOutcome) throws -> OrderCheckout {
    guard case .ready(let ready) = outcome else {
      Issue.record("not ready: \(outcome)")
      throw NoUser()
    }
    return ready
  }
}
