import Accounts
import ArgumentParser
import Audit
import Database
import Vocabulary

struct SecondFactorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "totp", abstract: "Look after the second factors of operators.",
    subcommands: [Reset.self, Invite.self])

  /// Prints a code with which a user may enrol. Whoever knows only the password cannot.
  static func invite(
    _ user: User, by operation: Operation, _ accounts: AccountDesk, _ connection: inout Connection
  ) throws {
    let desk = SecondFactorDesk(accounts: accounts, keyRing: try Settings.load().keyRing)
    let code = try desk.invite(
      user, by: operation, on: &connection)
    guard let code else {
      Console.complain("the user '\(user.username)' is erased")
      throw ExitCode.failure
    }
    let hours = EnrolmentCode.lifetimeSeconds / 3_600
    Console.say("enrolment code, for \(hours) hours: \(code.reveal())")
  }

  struct Invite: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a code with which an operator enrols a second factor once.",
      discussion: """
        Tell it in person or by telephone, not the way the password went. An earlier code is worth
        nothing any more.
        """)

    @OptionGroup var target: UserCommand.Target
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      let name = try target.name()
      let keyRing = try Settings.load().keyRing
      try UserCommand.withDesk { accounts, connection in
        guard let user = try User.find(name, in: &connection) else {
          return try UserCommand.require(false, target)
        }
        let desk = SecondFactorDesk(accounts: accounts, keyRing: keyRing)
        guard user.role > .user, try !desk.state(of: user.id, in: &connection).isEnrolled else {
          Console.complain("\(name) is no operator, or has a second factor: reset it first")
          throw ExitCode.failure
        }
        try SecondFactorCommand.invite(user, by: operation, accounts, &connection)
      }
    }
  }

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
      let operation = try OperatorOrders.operation(reason)
      let settings = try Settings.load()
      let name = try target.name()
      try UserCommand.withDesk { accounts, connection in
        guard let user = try User.find(name, in: &connection) else {
          return try UserCommand.require(false, target)
        }
        let desk = SecondFactorDesk(accounts: accounts, keyRing: settings.keyRing)
        let isDone = try desk.reset(
          user, by: operation, on: &connection)
        guard isDone else {
          Console.complain("\(name) has no second factor")
          throw ExitCode.failure
        }
        Console.say("\(name) has to enrol a second factor at the next visit of the console")
        if user.role > .user {
          try SecondFactorCommand.invite(user, by: operation, accounts, &connection)
        }
      }
    }
  }
}
