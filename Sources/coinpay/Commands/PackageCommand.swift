import ArgumentParser
import Database
import Orders
import Vocabulary

struct PackageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package", abstract: "See and change what is on sale.",
    subcommands: [List.self, Create.self, Disable.self, Enable.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show every package.")

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        for package in try CoinPackage.all(in: &connection) {
          let prices = package.prices.map(\.description).joined(separator: ", ")
          Console.say(
            "\(package.id)  \(package.isActive ? "on sale" : "off    ")  \(package.coins)"
              + "+\(package.bonusCoins) coins  \(prices)  \(package.nameChinese) / "
              + package.nameEnglish)
        }
      }
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put a new package on sale.",
      discussion: "Example: coinpay package create 100 --zh 体验包 --en Starter --price CNY:9.90")

    @Argument(help: "Coins.") var coins: Int64
    @Option(help: "Coins given on top.") var bonus: Int64 = 0
    @Option(help: "The Chinese name.") var zh: String
    @Option(help: "The English name.") var en: String
    @Option(help: "Place in the list.") var position: Int64 = 0
    @Option(help: "CURRENCY:AMOUNT, once for each currency.") var price: [String]

    func run() throws {
      let package = NewCoinPackage(
        nameChinese: zh, nameEnglish: en, coins: coins, bonusCoins: bonus, position: position,
        prices: try price.map(parse))
      guard let package else {
        throw ValidationError(
          "names have 1 to \(NewCoinPackage.nameCharactersMax) characters, coins and prices are "
            + "above 0, and each currency is named once")
      }
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let id = try connection.transaction {
          (transaction) throws(DatabaseError) -> Completion<PackageID> in
          .commit(try package.insert(in: &transaction, now: SystemTime.now()))
        }
        Console.say("package \(id) is on sale")
      }
    }

    private func parse(_ text: String) throws -> Money {
      let parts = text.split(separator: ":")
      guard parts.count == 2, let currency = Currency(parts[0]),
        let money = Money(decimal: parts[1], currency: currency)
      else { throw ValidationError("'\(text)' is not a price such as CNY:9.90") }
      if let problem = money.priceProblem { throw ValidationError("'\(text)': \(problem)") }
      return money
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a package off sale.")

    @Argument(help: "The package's number.") var id: Int64

    func run() throws { try PackageCommand.setActive(false, id) }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Put a package back on sale.")

    @Argument(help: "The package's number.") var id: Int64

    func run() throws { try PackageCommand.setActive(true, id) }
  }

  static func setActive(_ isActive: Bool, _ id: Int64) throws {
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      let isFound = try CoinPackage.setActive(
        isActive, PackageID(id), in: &connection, now: SystemTime.now())
      guard isFound else {
        Console.complain("there is no package \(id)")
        throw ExitCode.failure
      }
      Console.say("package \(id) is \(isActive ? "on sale" : "off sale")")
    }
  }
}
