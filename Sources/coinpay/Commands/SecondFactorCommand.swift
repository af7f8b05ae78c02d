import Accounts
import ArgumentParser
import Database

struct SecondFactorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "totp", abstract: "Look after the second factors of operators.",
    subcommands: [Reset.self])

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget the second factor of a user whose device and recovery codes are lost.",
      discussion: """
        All sessions of the user end. At the next visit of the console the user enrols anew, so make
        sure that it is really the user who asks.
        """)

    @OptionGroup var target: UserCommand.Target
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      try OperatorOrders.checkReason(reason)
      let settings = try Settings.load()
      let name = try target.name()
      try UserCommand.withDesk { accounts, connection in
        guard let user = try User.find(name, in: &connection) else {
          return try UserCommand.require(false, target)
        }
        let desk = SecondFactorDesk(accounts: accounts, keyRing: settings.keyRing)
        let isDone = try desk.reset(
          user, reason: reason, actor: OperatorOrders.actor, on: &connection)
        guard isDone else {
          Console.complain("\(name) has no second factor")
          throw ExitCode.failure
        }
        Console.say("\(name) has to enrol a second factor at the next visit of the console")
      }
    }
  }
}
