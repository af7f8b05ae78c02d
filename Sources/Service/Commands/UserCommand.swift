import Accounts
import ArgumentParser
import Audit
import Database
import Operators
import Vocabulary

struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Make and change users.",
    subcommands: [
      Create.self, Password.self, Disable.self, Enable.self, Role.self, SecondFactorCommand.self,
      UserExport.self, UserErase.self,
    ])

  struct Target: ParsableArguments {
    @Argument(help: "The user name.")
    var username: String

    func name() throws -> Username {
      guard let name = Username(username) else {
        throw ValidationError(
          "a user name has 3 to 32 characters: letters, digits, '.', '_', '-'")
      }
      return name
    }
  }

  /// The first line of standard input, so that no password stands in a process list; asked for, and
  /// not shown, where somebody types it.
  static func readPassword() throws -> String {
    let line =
      TypedSecret.isPossible
      ? TypedSecret.read(prompt: "Password: ") : readLine(strippingNewline: true)
    guard let line else {
      throw ValidationError("give the password as one line of standard input")
    }
    return line
  }

  static func newPassword(
    _ text: String, of name: Username, role: UserRole
  ) throws -> NewPassword {
    do throws(PasswordRefusal) {
      return try NewPassword(text, of: name, role: role)
    } catch {
      switch error {
      case .tooShort(let least):
        throw ValidationError("a password of this role has at least \(least) characters")
      case .tooLong:
        throw ValidationError("a password has at most \(NewPassword.limit.max) characters")
      case .tooPlain: throw ValidationError("the password is much like the user name or the site's")
      case .common: throw ValidationError("the password is one of those that everybody tries first")
      }
    }
  }

  static func withDesk(
    _ body: (AccountDesk, inout Connection) throws -> Void
  ) throws {
    let settings = try Settings.load()
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      try body(
        AccountDesk(sessionKey: settings.sessionKey, clock: SystemTime.clock), &connection)
    }
  }

  static func require(_ isFound: Bool, _ target: Target) throws {
    try require(isFound ? .changed : .notFound, target)
  }

  static func require(_ change: AccountChange, _ target: Target) throws {
    switch change {
    case .changed: return
    case .notFound: Console.complain("there is no user '\(target.username)'")
    case .passwordTooShort:
      Console.complain(
        "staff need a password of at least \(NewPassword.staffCharactersMin) characters: "
          + "'\(target.username)' chooses a new one before, or: coinpay user password")
    case .erased: Console.complain("the user '\(target.username)' is erased")
    }
    throw ExitCode.failure
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a user; the password is read from standard input.")

    @OptionGroup var target: Target
    @Option(help: "user, viewer, operator or administrator.")
    var role: String = UserRole.user.rawValue

    func run() throws {
      let name = try target.name()
      let role = try UserCommand.role(role)
      let password = try UserCommand.newPassword(
        try UserCommand.readPassword(), of: name, role: role)
      try UserCommand.withDesk { desk, connection in
        let outcome = try desk.create(
          name, password: password, role: role, by: UserCommand.operation, on: &connection,
          at: SystemTime.now())
        switch outcome {
        case .registered(let user):
          Console.say("made user \(user.username) (\(user.role.rawValue))")
          if role > .user {
            let operation = Operation(by: OperatorOrders.actor, saying: "made by command")
            try SecondFactorCommand.invite(user, by: operation, desk, &connection)
          }
        case .usernameTaken:
          Console.complain("the user name '\(name)' is taken")
          throw ExitCode.failure
        case .busy:
          Console.complain("the password could not be hashed")
          throw ExitCode.failure
        }
      }
    }
  }

  struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set a password, read from standard input, and end the user's sessions.")

    @OptionGroup var target: Target

    func run() throws {
      let name = try target.name()
      let text = try UserCommand.readPassword()
      try UserCommand.withDesk { desk, connection in
        guard let user = try User.find(name, in: &connection) else {
          return try UserCommand.require(false, target)
        }
        let password = try UserCommand.newPassword(text, of: name, role: user.role)
        try UserCommand.require(
          try desk.setPassword(
            password, of: name, by: UserCommand.operation, on: &connection, at: SystemTime.now()),
          target)
        Console.say("set the password of \(name)")
      }
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep a user from signing in, and end the user's sessions.")

    @OptionGroup var target: Target

    func run() throws { try UserCommand.setDisabled(true, target, "disabled") }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a disabled user sign in again.")

    @OptionGroup var target: Target

    func run() throws { try UserCommand.setDisabled(false, target, "enabled") }
  }

  /// Nobody is asked for the reason of what is done to accounts by command.
  private static var operation: Operation {
    Operation(by: OperatorOrders.actor, saying: "by command")
  }

  static func setDisabled(_ isDisabled: Bool, _ target: Target, _ done: String) throws {
    let name = try target.name()
    try withDesk { desk, connection in
      let change = try desk.setDisabled(
        isDisabled, name, by: operation, on: &connection, at: SystemTime.now())
      try require(change, target)
      Console.say("\(done) \(name)")
    }
  }

  struct Role: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set what a user may do.")

    @OptionGroup var target: Target
    @Argument(help: "user, viewer, operator or administrator.")
    var role: String

    func run() throws {
      let name = try target.name()
      let role = try UserCommand.role(role)
      try UserCommand.withDesk { desk, connection in
        let change = try desk.setRole(
          role, of: name, by: UserCommand.operation, on: &connection, at: SystemTime.now())
        try UserCommand.require(change, target)
        Console.say("\(name) is now \(role.rawValue)")
      }
    }
  }

  static func role(_ text: String) throws -> UserRole {
    guard let role = UserRole(rawValue: text) else {
      throw ValidationError(
        "a role is one of: " + UserRole.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return role
  }
}
