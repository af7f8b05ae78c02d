import ArgumentParser
import Database
import Logging
import Orders
import Payments
import Provider
import Vocabulary

struct OrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Look at an order and ask its provider.",
    subcommands: [Show.self, Query.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell the whole story of an order.")

    @Argument(help: "The order's number.") var order: String

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let number = try OperatorOrders.number(order)
        guard let order = try CoinOrder.find(number, in: &connection) else {
          Console.complain("there is no order \(number)")
          throw ExitCode.failure
        }
        for line in try OrderStory.lines(of: order, now: SystemTime.now(), on: &connection) {
          Console.say(line)
        }
      }
    }
  }

  struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the provider about an order's open payments and settle the answers.")

    @Argument(help: "The order's number.") var order: String

    func run() throws {
      let settings = try Settings.load()
      let logger = Logger(label: "coinpay") { _ in SwiftLogNoOpLogHandler() }
      let registry = try Registry.providers(settings, logger: logger)
      let caretaker = Caretaker(
        registry: registry,
        desk: SettlementDesk(
          keyRing: settings.keyRing, clock: SystemTime.clock, logger: logger,
          rule: settings.confirmationRule),
        clock: SystemTime.clock, logger: logger)
      try reportingDatabaseTrouble {
        var connection = Connection(settings.database)
        try settings.requireKeys(on: &connection)
        let number = try OperatorOrders.number(order)
        guard let order = try CoinOrder.find(number, in: &connection) else {
          Console.complain("there is no order \(number)")
          throw ExitCode.failure
        }
        for payment in try Payment.list(of: order.id, in: &connection) where payment.facts.isOpen {
          let answer = try caretaker.ask(about: payment, on: &connection)
          Console.say(
            "\(payment.outTradeNo) at \(payment.facts.provider): "
              + (answer?.text ?? "not configured"))
        }
        let status = try CoinOrder.find(number, in: &connection)?.status(at: SystemTime.now())
        Console.say("order \(number) is \(status?.rawValue ?? "gone")")
      }
    }
  }
}
