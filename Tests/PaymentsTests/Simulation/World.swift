import Accounts
import Audit
import Crypto
import Database
import Kit
import Ledger
import Orders
import Provider
import Threads
import Vocabulary

@testable import Payments

/// Users, providers, a clock and our own software, moved by one seed.
struct World: ~Copyable {
  static let users = 40
  /// What an order buys.
  static let (coins, bonusCoins) = (Int64(100), Int64(7))

  struct Broken: Error {
    let what: String
  }

  /// The world's own look at the tables.
  var connection: Connection
  var generator: SeededGenerator
  let clock: MovableClock
  let providers: [SimulatedProvider]
  let userIDs: [UserID]
  let packageID: PackageID
  let tally: Tally
  var numbers: [(OrderNumber, UserID)] = []
  var ordersMade: Int { numbers.count }
  /// Keys of wishes to refund that leave the coins with their user.
  private(set) var keysThatLeave: Set<String> = []
  private var wishes = 0

  let locks: LockRecorder
  private let fate: Fate
  private let limits: PurchaseLimits
  private let orderNumbers: Monitor<SeededGenerator>
  private(set) var software: Software
  /// The connection of the software's own that lives as long as it does.
  private var softwareConnection: Connection

  /// Limits that stand in nobody's way.
  static let noLimits: PurchaseLimits = {
    var limits = PurchaseLimits()
    (limits.pendingOrdersMax, limits.dailyOrdersMax) = (1_000_000, 1_000_000)
    (limits.hourlyCancelsMax, limits.providerCallsMax) = (1_000_000, 1_000_000)
    return limits
  }()

  init(seed: UInt64, limits: PurchaseLimits = World.noLimits) throws {
    let server = try PrivateMariaDB.shared.get()
    var configuration = try server.makeMigratedDatabase()
    let locks = LockRecorder()
    configuration.observer = locks
    let (clock, tally) = (MovableClock(Timestamp(unixSeconds: 1_800_000_000)), Tally())
    var connection = Connection(configuration)
    let survivor = try connection.first("SELECT CAST(CONNECTION_ID() AS SIGNED)", as: Int64.self)
    let fate = Fate(
      configuration: configuration, socket: server.socket, folder: server.folder,
      survivor: survivor ?? 0)
    let currencies: [(PaymentMethod, Currency)] = [
      (.alipay, .cny), (.wechat, .cny), (.stripe, .usd),
    ]
    let providers = currencies.enumerated().map { place, item in
      SimulatedProvider(
        item.0, item.1, seed: seed &+ UInt64(place + 1), clock: clock.clock, fate: fate,
        tally: tally)
    }
    let numbers = Monitor(SeededGenerator(seed: seed &+ 4))
    let (userIDs, packageID) = try World.populate(&connection, clock.clock)
    let software = try World.life(fate, clock, providers, numbers, limits)
    (self.clock, self.tally, self.fate, self.providers) = (clock, tally, fate, providers)
    (self.userIDs, self.packageID, self.orderNumbers) = (userIDs, packageID, numbers)
    (self.limits, self.locks) = (limits, locks)
    self.connection = connection
    self.software = software
    softwareConnection = Connection(software.database)
    generator = SeededGenerator(seed: seed)
  }

  /// Our software from its start: nothing of an earlier life is left but the tables.
  private static func life(
    _ fate: Fate, _ clock: MovableClock, _ providers: [SimulatedProvider],
    _ numbers: Monitor<SeededGenerator>, _ limits: PurchaseLimits
  ) throws -> Software {
    let database = try fate.beginLife()
    let mortalClock = WallClock {
      _ = fate.step()
      return clock.clock.now()
    }
    return try Software(providers, mortalClock, numbers, database, limits)
  }

  /// Lets the software do something; if it dies of it, the next life begins.
  mutating func act(_ deed: (Software, inout Connection) throws -> Void) throws {
    do {
      try deed(software, &softwareConnection)
    } catch {
      guard fate.isDead else { throw error }
    }
    guard fate.isDead else { return }
    tally.count(.crash)
    software.end()
    software = try World.life(fate, clock, providers, orderNumbers, limits)
    softwareConnection = Connection(software.database)
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
        name: LocalText(chinese: "包", english: "Pack"), coins: coins, bonusCoins: bonusCoins,
        position: 0,
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
    if Int.random(in: 0..<World.stepsBetweenDeaths, using: &generator) == 0 {
      fate.doom(afterSteps: Int.random(in: 1...15, using: &generator))
    }
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<40: try buy()
    case 40..<65: randomProvider().payOne()
    case 65..<72: try switchMethod()
    case 72..<77: try cancel()
    case 77..<82: try refund()
    case 82..<88: randomProvider().decideRefund()
    case 88..<89: randomProvider().refundInConsole()
    case 89..<92: providers[2].moveDispute()
    default: try deliver(all: false)
    }
    // Mostly a little later, sometimes much, now and then a clock that is set back.
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<3:
      clock.advance(seconds: Int64.random(in: 300...1_200, using: &generator))
      tally.count(.clockLeap)
    case 3..<4:
      clock.advance(seconds: -Int64.random(in: 1...120, using: &generator))
      tally.count(.clockSetBack)
    default: clock.advance(seconds: Int64.random(in: 0...6, using: &generator))
    }
    if Int.random(in: 0..<8, using: &generator) == 0 { _ = try round() }
  }

  private static let stepsBetweenDeaths = 100

  /// From now on the software lives.
  func endTrouble() {
    fate.doom(afterSteps: nil)
    for provider in providers { provider.calmDown() }
  }

  private mutating func randomProvider() -> SimulatedProvider {
    providers[Int.random(in: 0..<providers.count, using: &generator)]
  }

  func buyer(_ userID: UserID) -> Buyer {
    Buyer(
      userID: userID, language: "zh-CN",
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
    try act { software, connection in _ = try software.checkout.create(purchase, on: &connection) }
    // Impatient users press the button again, and so does everybody who got no answer.
    var found = try CoinOrder.find(idempotencyKey: key, of: userID, in: &connection)
    if found == nil || Int.random(in: 0..<4, using: &generator) == 0 {
      tally.count(.pressedAgain)
      try act { software, connection in
        _ = try software.checkout.create(purchase, on: &connection)
      }
      found = try CoinOrder.find(idempotencyKey: key, of: userID, in: &connection)
    }
    guard let found else { return }
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
    let request = PayAgainRequest(
      buyer: buyer(userID), orderNumber: number, method: randomProvider().method)
    let tally = tally
    try act { software, connection in
      let outcome = try software.checkout.payAgain(request, on: &connection)
      if case .ready = outcome { tally.count(.switchedMethod) }
    }
  }

  private mutating func cancel() throws {
    guard let (number, userID) = someOrder() else { return }
    let tally = tally
    try act { software, connection in
      let outcome = try software.checkout.cancel(number, of: userID, on: &connection)
      if case .cancelled = outcome { tally.count(.cancelled) }
    }
  }

  private mutating func refund() throws {
    guard let (number, _) = someOrder(),
      let order = try CoinOrder.find(number, in: &connection)
    else { return }
    let isWhole = Bool.random(using: &generator)
    for _ in 0..<(isWhole ? 1 : Int.random(in: 1...3, using: &generator)) {
      let part = Money(
        minorUnits: Int64.random(in: 1...order.amount.minorUnits, using: &generator),
        currency: order.amount.currency)
      try refund(number, isWhole ? nil : part)
    }
  }

  private mutating func refund(_ number: OrderNumber, _ amount: Money?) throws {
    let rules = RefundRule.allCases
    let rule = rules[Int.random(in: 0..<rules.count, using: &generator)]
    wishes += 1
    let key = "wish-\(wishes)"
    if rule == .leave { keysThatLeave.insert(key) }
    let wish = RefundWish(
      orderNumber: number, amount: amount, by: Operation(by: "simulation", saying: "simulated"),
      rule: rule,
      key: key)
    guard let wish else { return }
    let tally = tally
    try act { software, connection in
      let answer = try RefundDesk(registry: software.checkout.registry, clock: software.clock)
        .request(wish, on: &connection)
      if case .requested = answer { tally.count(amount == nil ? .wholeRefund : .partialRefund) }
    }
  }

  /// Brings notifications; what is not acknowledged is sent again.
  mutating func deliver(all: Bool) throws {
    for provider in providers {
      for news in provider.deliveries(all: all) {
        let now = clock.clock.now()
        try act { software, _ in
          _ = try software.settlements.submit(
            ReceivedEvent(event: news.event, body: nil, receivedAt: now))
          provider.acknowledged(news)
        }
      }
    }
  }

  /// Everything the caretaker does, once.
  mutating func round() throws -> Int {
    let providers = providers
    var count = 0
    try act { software, connection in
      count = try software.caretaker.expireOrders(on: &connection)
      for provider in providers {
        count += try software.caretaker.askProvider(provider.method, on: &connection)
        count += try software.caretaker.refund(provider.method, on: &connection)
      }
      count += try software.desk.retryDue(on: &connection)
    }
    return count
  }
}
