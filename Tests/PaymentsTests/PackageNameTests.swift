import Audit
import Database
import Kit
import Operators
import Orders
import Testing
import Vocabulary

/// Names of packages in languages beside Chinese and English.
@Suite struct PackageNameTests {
  private static let operation = Operation(by: "a", saying: "r")
  private static let now = Timestamp(unixSeconds: 1_800_000_000)

  private static func package(_ others: [String: String], position: Int64?) throws
    -> NewCoinPackage
  {
    let price = try #require(Money(minorUnits: 990, currency: .cny))
    return try #require(
      NewCoinPackage(
        name: LocalText(chinese: "包", english: "Pack", others: others), coins: 1, bonusCoins: 0,
        position: position, prices: [price]))
  }

  @Test func `a further language is kept, changed and taken away again`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    let id = try PackageChange.create(
      try Self.package(["fr": "Débutant"], position: 7), by: Self.operation, on: &connection,
      at: Self.now)
    #expect(try CoinPackage.onSale(id, in: &connection)?.name.text(in: "fr") == "Débutant")
    _ = try PackageChange.edit(
      id, to: try Self.package([:], position: nil), by: Self.operation, on: &connection,
      at: Self.now.adding(seconds: 1))
    let edited = try CoinPackage.onSale(id, in: &connection)
    #expect(edited?.name.others == [:] && edited?.name.text(in: "fr") == "Pack")
    #expect(edited?.position == 7)
  }

  @Test func `a package without a place stands after those that are there`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    for position in [nil, 41, nil, NewCoinPackage.positionMax, nil] {
      _ = try PackageChange.create(
        try Self.package([:], position: position), by: Self.operation, on: &connection,
        at: Self.now)
    }
    let places = try CoinPackage.all(in: &connection).map(\.position)
    #expect(places == [0, 41, 42, NewCoinPackage.positionMax, NewCoinPackage.positionMax])
  }
}
