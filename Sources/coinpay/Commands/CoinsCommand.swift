import Accounts
import ArgumentParser
import Database
import Payments
import Vocabulary

struct CoinsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coins", abstract: "Give coins to a user or take some, without money.",
    subcommands: [Grant.self, Deduct.self])

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
      abstract: "Take coins; never more than there are.")

    @OptionGroup var wish: Wish

    func run() throws { try CoinsCommand.book(wish, .deduct) }
  }

  private static func book(_ wish: Wish, _ direction: CoinAdjustment.Direction) throws {
    try OperatorOrders.checkReason(wish.reason)
    try OperatorOrders.checkKey(wish.key)
    guard let username = Username(wish.username) else {
      throw ValidationError("'\(wish.username)' is no user name")
    }
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      guard let user = try User.find(username, in: &connection) else {
        Console.complain("there is no user '\(wish.username)'")
        throw ExitCode.failure
      }
      let adjustment = CoinAdjustment(
        userID: user.id, direction: direction, coins: wish.coins, reason: wish.reason,
        actor: OperatorOrders.actor, key: wish.key)
      guard let adjustment else {
        throw ValidationError("coins are a whole number from 1 to \(Limits.coinsMax)")
      }
      switch try adjustment.book(on: &connection, at: SystemTime.now()) {
      case .done(let balance): Console.say("\(user.username) has \(balance) coins now")
      case .repeated: Console.say("the same key did this before; nothing was changed")
      case .tooFew(let balance):
        Console.complain("\(user.username) has only \(balance) coins")
        throw ExitCode.failure
      }
    }
  }
}
