public import ArgumentParser
import Controls
import Database
import Operators
import Threads
public import Vocabulary

extension PaymentMethod: ExpressibleByArgument {
  /// Either case: `alipay` is what people type.
  public init?(argument: String) {
    guard let method = Registry.faces.method(named: argument.uppercased()) else { return nil }
    self = method
  }
}

struct MethodCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "method",
    abstract: "Switch payment methods, arrange them and name backups.",
    discussion: "Every worker knows within 5 seconds. Payments that exist go on.",
    subcommands: [Show.self, Off.self, On.self, Backup.self, Order.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the controls.")

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let controls = try Controls.load(in: &connection)
        let end = controls.until.map { " until \($0)" } ?? ""
        Console.say("site: \(controls.mode(at: SystemTime.now()).rawValue)\(end)")
        Console.say("settlement: \(controls.settlementIsStopped ? "stopped" : "on")")
        for method in controls.arranged(Registry.faces.methods) {
          let control = controls.control(of: method)
          let backup = control.backup.map { ", backup \($0)" } ?? ""
          Console.say("\(method): \(control.isOff ? "off" : "on")\(backup)")
        }
      }
    }
  }

  struct Off: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Offer a method to nobody; its payments that exist go on.")

    @Argument(help: "The method.") var method: PaymentMethod
    @Option(help: "What is offered in its place.") var backup: PaymentMethod?
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      if let backup {
        try ControlCommands.apply(.backup(of: method, backup), reason: reason)
      }
      try ControlCommands.apply(.methodOff(method), reason: reason)
      Console.say("\(method) is off")
    }
  }

  struct On: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Offer a method again.")

    @Argument(help: "The method.") var method: PaymentMethod
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      try ControlCommands.apply(.methodOn(method), reason: reason)
      Console.say("\(method) is on")
    }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Name what is offered in place of a method that cannot be used.")

    @Argument(help: "The method.") var method: PaymentMethod
    @Argument(help: "Its backup; none without it.") var backup: PaymentMethod?
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      try ControlCommands.apply(.backup(of: method, backup), reason: reason)
      Console.say("the backup of \(method) is \(backup?.rawValue ?? "none")")
    }
  }

  struct Order: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Arrange the methods; those that are not named come last.")

    @Argument(help: "Methods, the first to offer first.") var methods: [PaymentMethod] = []
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      try ControlCommands.apply(.order(methods), reason: reason)
      Console.say("the methods are arranged")
    }
  }
}

enum ControlCommands {
  static func apply(_ change: ControlChange, reason: String) throws {
    let operation = try OperatorOrders.operation(reason)
    if let problem = change.problem { throw ValidationError(text(problem)) }
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      try change.apply(by: operation, on: &connection, at: SystemTime.now())
    }
  }

  static func pause(milliseconds: Int) {
    _ = Monitor(()).wait(timeout: .milliseconds(milliseconds)) { _ -> Bool? in nil }
  }

  private static func text(_ problem: ControlChange.Problem) -> String {
    switch problem {
    case .backupIsItself: "a method is no backup of itself"
    case .methodNamedTwice: "a method is named twice"
    case .minutesOutOfBounds: "--minutes is from 1 to \(ControlChange.minutesMax)"
    case .modeIsOpen: "a pause closes something"
    }
  }
}
