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
  static let orders = 5_000
  /// A seed that never changes; `COINPAY_SIMULATION_SEED` lives another life, such as a random one.
  static let seeds: [UInt64] = {
    let other = ProcessInfo.processInfo.environment["COINPAY_SIMULATION_SEED"].flatMap {
      UInt64($0)
    }
    return [other ?? 20_261_124]
  }()

  @Test(arguments: seeds)
  func `whatever happens, money and coins agree at the end`(seed: UInt64) throws {
    var world = try World.make(seed: seed)
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
    let counts = try world.counts()
    print("simulation with seed \(seed): \(counts)")
    #expect(counts.paid > Self.orders / 4 && counts.refunds > 50 && counts.duplicates > 0)
  }
}
