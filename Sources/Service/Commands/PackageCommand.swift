import ArgumentParser
import Database
import Logging
import Operators
import Orders
import Payments
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
              + "+\(package.bonusCoins) coins  \(prices)  \(package.name.chinese) / "
              + package.name.english)
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
    @Option(help: "Place in the list; after the others when it is not given.")
    var position: Int64?
    @Option(help: "CURRENCY:AMOUNT, once for each currency.") var price: [String]
    @Option(help: "Why; kept for ever.") var reason = PackageCommand.usualReason

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      let package = NewCoinPackage(
        name: LocalText(chinese: zh, english: en), coins: coins, bonusCoins: bonus,
        position: position,
        prices: try price.map(parse))
      guard let package else {
        throw ValidationError(
          "names have 1 to \(NewCoinPackage.nameLimit.max) characters, not blanks alone, coins and "
            + "prices are above 0, and each currency is named once")
      }
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let id = try PackageChange.create(
          package, by: operation, on: &connection, at: SystemTime.now())
        Console.say("package \(id) is on sale")
        warn(about: package)
      }
    }

    /// Says which configured methods cannot sell the package. Settings that cannot be read are no reason to
    /// fail: the package is made.
    private func warn(about package: NewCoinPackage) {
      guard let settings = try? Settings.read(Variables.all()),
        let registry = try? Registry.providers(settings, logger: Logger(label: "coinpay"))
      else { return }
      for (method, currency) in registry.methods(withoutPriceIn: package.prices) {
        Console.complain(
          "it has no price in \(currency) and cannot be bought by \(method.rawValue)")
      }
    }

    private func parse(_ text: String) throws -> Money {
      do throws(PackagePrice.Refusal) {
        return try PackagePrice.read(text)
      } catch {
        switch error {
        case .unreadable: throw ValidationError("'\(text)' is not a price such as CNY:9.90")
        case .problem(let problem): throw ValidationError("'\(text)': \(problem)")
        }
      }
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a package off sale.")

    @Argument(help: "The package's number.") var id: Int64
    @Option(help: "Why; kept for ever.") var reason = PackageCommand.usualReason

    func run() throws { try PackageCommand.setActive(false, id, reason) }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Put a package back on sale.")

    @Argument(help: "The package's number.") var id: Int64
    @Option(help: "Why; kept for ever.") var reason = PackageCommand.usualReason

    func run() throws { try PackageCommand.setActive(true, id, reason) }
  }

  /// What the audit log says of a change for which nobody gave a reason.
  private static let usualReason = "by command"

  private static func setActive(_ isActive: Bool, _ id: Int64, _ reason: String) throws {
    let operation = try OperatorOrders.operation(reason)
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      let isFound = try PackageChange.setActive(
        isActive, PackageID(id), by: operation, on: &connection, at: SystemTime.now())
      guard isFound else {
        Console.complain("there is no package \(id)")
        throw ExitCode.failure
      }
      Console.say("package \(id) is \(isActive ? "on sale" : "off sale")")
    }
  }
}
