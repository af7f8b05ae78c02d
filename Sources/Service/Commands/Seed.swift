import Accounts
import ArgumentParser
import Database
import Orders
import Vocabulary

struct Seed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Development: make the demo accounts and packages that are missing.",
    discussion: "Accounts: demo / demo-password, and the administrator admin / admin-password.")

  private static let accounts: [(name: String, password: String, role: UserRole)] = [
    ("demo", "demo-password", .user), ("admin", "admin-password", .administrator),
  ]

  /// Names, coins, bonus coins, price in fen and in cents.
  private static let packages: [(String, String, Int64, Int64, Int64, Int64)] = [
    ("体验包", "Starter", 100, 0, 990, 149), ("标准包", "Standard", 500, 50, 4_900, 699),
    ("超值包", "Value", 1_200, 200, 9_900, 1_399), ("豪华包", "Deluxe", 5_000, 1_000, 39_900, 5_599),
  ]

  func run() throws {
    let settings = try Settings.load()
    guard settings.isDevelopment else {
      Console.complain("seed works with COINPAY_ENV=development only")
      throw ExitCode.failure
    }
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      try Seed.plant(settings, on: &connection)
      Console.say("demo accounts and packages are there")
    }
  }

  static func plant(_ settings: Settings, on connection: inout Connection) throws {
    let desk = try AccountDesk(sessionKey: settings.sessionKey, clock: SystemTime.clock)
    for account in accounts {
      guard let name = Username(account.name) else { continue }
      let password = try NewPassword(account.password, of: name, role: account.role)
      _ = try desk.register(name, password: password, role: account.role, on: &connection)
    }
    if try CoinPackage.all(in: &connection).isEmpty { try insertPackages(&connection) }
  }

  private static func insertPackages(_ connection: inout Connection) throws(DatabaseError) {
    for (index, item) in Seed.packages.enumerated() {
      let prices = [
        Money(minorUnits: item.4, currency: .cny), Money(minorUnits: item.5, currency: .usd),
      ]
      let package = NewCoinPackage(
        name: LocalText(chinese: item.0, english: item.1), coins: item.2, bonusCoins: item.3,
        position: Int64(index), prices: prices.compactMap { $0 })
      guard let package else { continue }
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        _ = try package.insert(in: &transaction, now: SystemTime.now())
        return .commit(())
      }
    }
  }
}
