import Crypto
import Database
import Kit
import Logging
import Threads
import Vocabulary

@testable import Payments

/// One life of our own software: everything in memory is made anew when it begins.
struct Software {
  let checkout: Checkout
  let caretaker: Caretaker
  let desk: SettlementDesk
  let settlements: SettlementQueue
  let settler: WorkerThread
  let clock: WallClock
  let database: DatabaseConfiguration

  static let orderTTLSeconds: Int64 = 1_800
  private static let stackBytes = 1024 * 1024

  init(
    _ providers: [SimulatedProvider], _ clock: WallClock, _ numbers: Monitor<SeededGenerator>,
    _ database: DatabaseConfiguration, _ limits: PurchaseLimits
  ) throws {
    self.clock = clock
    self.database = database
    let ring = try KeyRing(setting: "k1:\(Base64.encode([UInt8](repeating: 7, count: 32)))")
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    let registry = ProviderRegistry(providers)
    desk = SettlementDesk(keyRing: ring, clock: clock, logger: logger, rules: .forTests)
    let settlements = SettlementQueue(desk: desk)
    self.settlements = settlements
    settler = try WorkerThread.start(name: "settler", stackBytes: Software.stackBytes) {
      var connection = Connection(database)
      settlements.settleUntilStopped(on: &connection)
    }
    checkout = Checkout(
      registry: registry, keyRing: ring, clock: clock, zone: .beijing,
      orderTTLSeconds: Software.orderTTLSeconds, baseURL: "https://shop.example",
      settlements: settlements, logger: logger, limits: limits,
      newOrderNumber: { date in numbers.withLock { OrderNumber(date: date, using: &$0) } })
    caretaker = Caretaker(registry: registry, desk: desk, clock: clock, logger: logger)
  }

  func end() {
    settlements.stop()
    settler.join()
  }
}
