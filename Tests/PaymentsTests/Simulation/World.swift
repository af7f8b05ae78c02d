import Accounts
import Crypto
import Database
import Kit
import Ledger
import Logging
import Orders
import Provider
import Threads
import Vocabulary

@testable import Payments

/// Users, providers, a clock and our own software, moved by one seed.
struct World: ~Copyable {
  static let users = 12
  static let orderTTLSeconds: Int64 = 1_800

  struct Broken: Error {
    let what: String
  }

  var connection: Connection
  var generator: SeededGenerator
  let clock: MovableClock
  let providers: [SimulatedProvider]
  let software: Software
  let userIDs: [UserID]
  let packageID: PackageID
  var numbers: [(OrderNumber, UserID)] = []
  var ordersMade: Int { numbers.count }

  /// What our own software is made of.
  struct Software {
    let checkout: Checkout
    let caretaker: Caretaker
    let desk: SettlementDesk
    let settlements: SettlementQueue
    let settler: WorkerThread
  }

  static func make(seed: UInt64) throws -> World {
    let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    let configuration = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    let providers = [
      SimulatedProvider(.alipay, .cny, seed: seed &+ 1, clock: clock.clock),
      SimulatedProvider(.wechat, .cny, seed: seed &+ 2, clock: clock.clock),
      SimulatedProvider(.stripe, .usd, seed: seed &+ 3, clock: clock.clock),
    ]
    let software = try software(seed, clock.clock, providers, configuration)
    var connection = Connection(configuration)
    let (userIDs, packageID) = try populate(&connection, clock.clock)
    return World(
      connection: connection, generator: SeededGenerator(seed: seed), clock: clock,
      providers: providers, software: software, userIDs: userIDs, packageID: packageID)
  }

  private init(
    connection: consuming Connection, generator: SeededGenerator, clock: MovableClock,
    providers: [SimulatedProvider], software: Software, userIDs: [UserID], packageID: PackageID
  ) {
    self.connection = connection
    self.generator = generator
    self.clock = clock
    self.providers = providers
    self.software = software
    self.userIDs = userIDs
    self.packageID = packageID
  }

  private static func software(
    _ seed: UInt64, _ clock: WallClock, _ providers: [SimulatedProvider],
    _ configuration: DatabaseConfiguration
  ) throws -> Software {
    let ring = try KeyRing(setting: "k1:\(Base64.encode([UInt8](repeating: 7, count: 32)))")
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    let registry = ProviderRegistry(providers)
    let desk = SettlementDesk(keyRing: ring, clock: clock, logger: logger)
    let settlements = SettlementQueue(desk: desk)
    let settler = try WorkerThread.start(name: "settler", stackBytes: 1024 * 1024) {
      var connection = Connection(configuration)
      settlements.settleUntilStopped(on: &connection)
    }
    let numbers = Monitor(SeededGenerator(seed: seed &+ 4))
    // What stands in a buyer's way is tested elsewhere.
    var limits = PurchaseLimits()
    (limits.pendingOrdersMax, limits.dailyOrdersMax) = (1_000_000, 1_000_000)
    limits.hourlyCancelsMax = 1_000_000
    let checkout = Checkout(
      registry: registry, keyRing: ring, clock: clock, zone: .beijing,
      orderTTLSeconds: World.orderTTLSeconds, baseURL: "https://shop.example",
      settlements: settlements, logger: logger, limits: limits,
      newOrderNumber: { date in numbers.withLock { OrderNumber(date: date, using: &$0) } })
    return Software(
      checkout: checkout,
      caretaker: Caretaker(registry: registry, desk: desk, clock: clock, logger: logger),
      desk: desk, settlements: settlements, settler: settler)
  }

  private static func populate(
    _ connection: inout Connection, _ clock: WallClock
  ) throws -> ([UserID], PackageID) {
    let now = clock.now()
    var userIDs: [UserID] = []
    for number in 1...users {
      let id = try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<UserID> in
        let result = try transaction.execute(
          """
          INSERT INTO users (username, created_at, updated_at)
          VALUES (\("buyer\(number)"), \(now), \(now))
          """)
        let id = UserID(result.lastInsertID)
        try Wallet.create(for: id, in: &transaction, now: now)
        return .commit(id)
      }
      userIDs.append(id)
    }
    guard let cny = Money(minorUnits: 990, currency: .cny),
      let usd = Money(minorUnits: 149, currency: .usd),
      let package = NewCoinPackage(
        nameChinese: "包", nameEnglish: "Pack", coins: 100, bonusCoins: 7, position: 0,
        prices: [cny, usd])
    else { throw Broken(what: "no package") }
    let packageID = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<PackageID> in
      .commit(try package.insert(in: &transaction, now: now))
    }
    return (userIDs, packageID)
  }

  /// One moment of the world: somebody does something, time goes on, the caretaker makes a round.
  mutating func step() throws {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<40: try buy()
    case 40..<65: randomProvider().payOne()
    case 65..<72: try switchMethod()
    case 72..<77: try cancel()
    case 77..<82: try refund()
    case 82..<88: randomProvider().decideRefund()
    case 88..<89: randomProvider().refundInConsole()
    case 89..<91: providers[2].moveDispute()
    default: try deliver(all: false)
    }
    // Mostly a little later, sometimes much, now and then a clock that is set back.
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<3: clock.advance(seconds: Int64.random(in: 300...1_200, using: &generator))
    case 3..<4: clock.advance(seconds: -Int64.random(in: 1...120, using: &generator))
    default: clock.advance(seconds: Int64.random(in: 0...6, using: &generator))
    }
    if Int.random(in: 0..<8, using: &generator) == 0 { _ = try round() }
  }

  private mutating func randomProvider() -> SimulatedProvider {
    providers[Int.random(in: 0..<providers.count, using: &generator)]
  }

  private mutating func buyer(_ userID: UserID) -> Buyer {
    Buyer(
      userID: userID, prefersChinese: true,
      payer: PayerContext(isMobile: false, address: "192.0.2.1"))
  }

  private mutating func buy() throws {
    let userID = userIDs[Int.random(in: 0..<userIDs.count, using: &generator)]
    let method = randomProvider().method
    let key = "key-\(numbers.count)"
    let purchase = PurchaseRequest(
      buyer: buyer(userID), packageID: packageID, method: method,
      idempotency: NewCoinOrder.Idempotency(
        key: key, requestHash: SHA256.digest(Array(key.utf8))))
    _ = try software.checkout.create(purchase, on: &connection)
    // Impatient users press the button again.
    if Int.random(in: 0..<4, using: &generator) == 0 {
      _ = try software.checkout.create(purchase, on: &connection)
    }
    guard
      let found = try CoinOrder.find(idempotencyKey: key, of: userID, in: &connection)
    else { throw Broken(what: "an order was not made") }
    numbers.append((found.order.number, userID))
  }

  /// Mostly a recent order.
  private mutating func someOrder() -> (OrderNumber, UserID)? {
    guard !numbers.isEmpty else { return nil }
    let recent = max(0, numbers.count - 60)
    let first = Int.random(in: 0..<5, using: &generator) == 0 ? 0 : recent
    return numbers[Int.random(in: first..<numbers.count, using: &generator)]
  }

  private mutating func switchMethod() throws {
    guard let (number, userID) = someOrder() else { return }
    let method = randomProvider().method
    _ = try software.checkout.payAgain(
      PayAgainRequest(buyer: buyer(userID), orderNumber: number, method: method),
      on: &connection)
  }

  private mutating func cancel() throws {
    guard let (number, userID) = someOrder() else { return }
    _ = try software.checkout.cancel(number, of: userID, on: &connection)
  }

  private mutating func refund() throws {
    guard let (number, _) = someOrder(),
      let order = try CoinOrder.find(number, in: &connection)
    else { return }
    let part = Money(
      minorUnits: Int64.random(in: 1...order.amount.minorUnits, using: &generator),
      currency: order.amount.currency)
    let rules = RefundRule.allCases
    let wish = RefundWish(
      orderNumber: number, amount: Bool.random(using: &generator) ? part : nil, reason: "simulated",
      actor: "simulation", rule: rules[Int.random(in: 0..<rules.count, using: &generator)],
      key: nil)
    guard let wish else { return }
    _ = try RefundDesk(clock: clock.clock).request(wish, on: &connection)
  }

  mutating func deliver(all: Bool) throws {
    for provider in providers {
      for event in provider.deliveries(all: all) {
        _ = try software.settlements.submit(
          ReceivedEvent(event: event, body: nil, receivedAt: clock.clock.now()))
      }
    }
  }

  /// Everything the caretaker does, once.
  mutating func round() throws -> Int {
    var count = try software.caretaker.expireOrders(on: &connection)
    for provider in providers {
      count += try software.caretaker.askProvider(provider.method, on: &connection)
      count += try software.caretaker.refund(provider.method, on: &connection)
    }
    return count + (try software.desk.retryDue(on: &connection))
  }
}
