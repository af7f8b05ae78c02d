import Accounts
import ArgumentParser
import Audit
import Database
import Ledger
import Payments
import Vocabulary

struct CoinsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coins", abstract: "Give coins to a user or take some, without money.",
    subcommands: [Grant.self, Deduct.self, AllowNegative.self])

  struct Wish: ParsableArguments {
    @Argument(help: "The user name.") var username: String
    @Argument(help: "Coins.") var coins: Int64
    @Option(help: "Why; kept for ever.") var reason: String
    @Option(help: "Any text: doing it twice with the same key is doing it once.")
    var key: String?
  }

  struct Grant: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give coins.")

    @OptionGroup var wish: Wish

    func run() throws { try CoinsCommand.book(wish, .grant) }
  }

  struct Deduct: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take coins; more than there are only where that is allowed.")

    @OptionGroup var wish: Wish

    func run() throws { try CoinsCommand.book(wish, .deduct) }
  }

  struct AllowNegative: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "allow-negative",
      abstract: "Decide whether a user's balance may go below zero when coins are taken back.")

    enum Choice: String, CaseIterable, ExpressibleByArgument {
      case on
      case off
    }

    @Argument(help: "The user name.") var username: String
    @Argument(help: "on or off.") var choice: Choice
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let user = try CoinsCommand.user(username, on: &connection)
        let allowance = NegativeAllowance(
          userID: user.id, isAllowed: choice == .on, by: operation)
        switch try allowance.apply(on: &connection, at: SystemTime.now()) {
        case .decided(.changed):
          Console.say(
            "the balance of \(user.username) may \(choice == .on ? "go" : "not go") below zero now")
        case .decided(.asBefore): Console.say("that was so before; nothing was changed")
        case .ownAccount:
          Console.complain("somebody else has to decide about your own account")
          throw ExitCode.failure
        case .decided(.isBelowZero(let balance)):
          Console.complain("\(user.username) has \(balance) coins; grant what is missing before")
          throw ExitCode.failure
        }
      }
    }
  }

  private static func user(
    _ name: String, on connection: inout Connection
  ) throws -> User {
    guard let username = Username(name) else {
      throw ValidationError("'\(name)' is no user name")
    }
    guard let user = try User.find(username, in: &connection) else {
      Console.complain("there is no user '\(name)'")
      throw ExitCode.failure
    }
    return user
  }

  private static func book(_ wish: Wish, _ direction: CoinAdjustment.Direction) throws {
    let operation = try OperatorOrders.operation(wish.reason)
    let key = try OperatorOrders.key(wish.key)
    try OperatorOrders.moving(key) {
      let settings = try Settings.load()
      var connection = Connection(settings.database)
      let user = try user(wish.username, on: &connection)
      let adjustment = CoinAdjustment(
        userID: user.id, direction: direction, coins: wish.coins, by: operation, key: key)
      guard let adjustment else {
        throw ValidationError("coins are a whole number from 1 to \(Limits.coinsMax)")
      }
      let outcome = try adjustment.book(
        under: settings.operatorRule, on: &connection, at: SystemTime.now())
      switch outcome {
      case .done(let balance): Console.say("\(user.username) has \(balance) coins now")
      case .repeated: Console.say("the same key did this before; nothing was changed")
      case .waiting(let request): try RequestsCommand.tellWaiting(request)
      case .tooManyWaiting:
        RequestsCommand.complainTooManyWaiting()
        throw ExitCode.failure
      case .keyReused, .erased, .tooFew:
        Console.complain("\(user.username): \(outcome.obstacle ?? "")")
        throw ExitCode.failure
      }
    }
  }
}
