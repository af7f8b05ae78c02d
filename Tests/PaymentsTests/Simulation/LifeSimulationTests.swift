import Database
import FoundationEssentials
import Kit
import Ledger
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Thousands of orders live through virtual days of trouble; at the end the providers' books, our
/// tables and the wallets agree to the last unit, and every invariant holds.
@Suite struct LifeSimulationTests {
  /// Orders of one run.
  static let orders = 10_000
  /// A seed that never changes and a fresh one; `COINPAY_SIMULATION_SEED` lives a certain life again.
  static let seeds: [UInt64] = {
    let wish = ProcessInfo.processInfo.environment["COINPAY_SIMULATION_SEED"].flatMap(UInt64.init)
    return wish.map { [$0] } ?? [20_261_124, UInt64.random(in: 0...UInt64(UInt32.max))]
  }()

  @Test(arguments: seeds)
  func `whatever happens, money and coins agree at the end`(seed: UInt64) throws {
    print("simulation with seed \(seed) begins")
    var world = try World(seed: seed)
    while world.ordersMade < Self.orders { try world.step() }
    try world.settleDown()
    let differences = try world.differences()
    try #require(
      differences.isEmpty,
      "seed \(seed): \(differences.count) differences, such as \(differences.prefix(8))")
    for invariant in Invariant.all {
      let broken = try invariant.check(&world.connection)
      try #require(broken == [], "seed \(seed): \(invariant.name)")
    }
    try #require(world.locks.faults == [], "seed \(seed)")
    try world.countEnds()
    let tally = world.tally
    print("simulation with seed \(seed), \(Self.orders) orders: \(tally.description)")
    #expect(tally.missing == [], "seed \(seed) did not try everything")
    #expect(tally.times(.paid) > Self.orders / 4 && tally.times(.crash) > Self.orders / 200)
  }
}
