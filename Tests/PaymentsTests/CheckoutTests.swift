import Accounts
import Crypto
import Database
import Kit
import Logging
import Mock
import Orders
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// The checkout on a real database, with numbers that a test chooses.
@Suite struct CheckoutTests {
  private struct NoUser: Error {}

  private struct Fixture: ~Copyable {
    let checkout: Checkout
    var connection: Connection
    let userID: UserID
    let packageID: PackageID
  }

  /// - Parameter numbers: the random part of each new order number, in turn; the last repeats.
  private static func fixture(numbers: [String]) throws -> Fixture {
    let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    let key = [UInt8](repeating: 3, count: 32)
    let ring = try KeyRing(setting: "k1:\(Base64.encode(key))")
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let rest = Monitor(numbers)
    let checkout = Checkout(
      registry: ProviderRegistry([MockProvider(currency: .cny)]), keyRing: ring,
      clock: clock.clock, zone: .beijing, orderTTLSeconds: 1_800,
      baseURL: "https://shop.example",
      settlements: SettlementQueue(
        desk: SettlementDesk(keyRing: ring, clock: clock.clock, logger: logger, rules: .forTests)),
      logger: logger,
      newOrderNumber: { date in
        let digits = rest.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? "" }
        return OrderNumber("COIN_\(date.compactDate)_\(digits)")
          ?? Checkout.randomOrderNumber(date)
      })
    let desk = try AccountDesk(
      sessionKey: try #require(SymmetricKey(key)), clock: clock.clock)
    let name = try #require(Username("buyer"))
    let registered = try desk.register(
      name, password: try NewPassword("long password", of: name),
      on: &connection)
    guard case .registered(let user) = registered else {
      throw NoUser()
    }
    let price = try #require(Money(minorUnits: 990, currency: .cny))
    let package = try #require(
      NewCoinPackage(
        name: LocalText(chinese: "包", english: "Pack"), coins: 100, bonusCoins: 0, position: 0,
        prices: [price]))
    let packageID = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<PackageID> in
      .commit(try package.insert(in: &transaction, now: clock.clock.now()))
    }
    return Fixture(
      checkout: checkout, connection: connection, userID: user.id, packageID: packageID)
  }

  private static func buy(_ fixture: inout Fixture) throws -> OrderNumber? {
    let outcome = try fixture.checkout.create(
      PurchaseRequest(
        buyer: Buyer(
          userID: fixture.userID, language: "zh-CN",
          payer: PayerContext(isMobile: false, address: "192.0.2.1")),
        packageID: fixture.packageID, method: .mock, idempotency: nil), on: &fixture.connection)
    guard case .ready(let ready) = outcome else { return nil }
    return ready.order.number
  }

  @Test func `a number that is taken is drawn again`() throws {
    var fixture = try Self.fixture(numbers: ["11111111", "11111111", "11111111", "22222222"])
    #expect(try Self.buy(&fixture)?.text.hasSuffix("_11111111") == true)
    #expect(try Self.buy(&fixture)?.text.hasSuffix("_22222222") == true)
  }

  @Test func `when every number is taken the order fails and leaves nothing`() throws {
    var fixture = try Self.fixture(numbers: ["11111111"])
    _ = try Self.buy(&fixture)
    #expect(throws: DatabaseError.self) { _ = try Self.buy(&fixture) }
    let orders = try CoinOrder.count(of: fixture.userID, in: &fixture.connection)
    #expect(orders == 1)
  }
}
