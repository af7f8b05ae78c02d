import ArgumentParser
import Audit
import Database
import Logging
import Operators
import Orders
import Payments
import Provider
import Vocabulary

struct OrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Look at an order, ask its provider, repair it.",
    subcommands: [Show.self, Query.self, Resettle.self, Close.self, Expire.self, GiveUpRefund.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell the whole story of an order.")

    @Argument(help: "The order's number.") var order: String
    @Flag(help: "Answer as JSON.") var json = false

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let order = try OperatorOrders.find(order, on: &connection)
        let report = try OrderReport.of(order, on: &connection)
        if json {
          Console.sayJSON(try report.document(Settings.loadZone(), &connection))
          return
        }
        for line in report.lines { Console.say(line) }
      }
    }
  }

  struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the providers about an order's payments and settle the answers.")

    @Argument(help: "The order's number.") var order: String

    func run() throws {
      try OrderCommand.withCaretaker { caretaker, connection in
        let order = try OperatorOrders.find(order, on: &connection)
        let answers = try OrderOperations.query(
          order, with: caretaker, by: OperatorOrders.actor, on: &connection,
          at: SystemTime.now())
        guard let answers else {
          OperatorOrders.complainStopped()
          throw ExitCode.failure
        }
        for answer in answers {
          Console.say(
            "\(answer.outTradeNo) at \(answer.provider): "
              + (answer.answer?.text ?? "not configured"))
        }
        try OrderCommand.tellStatus(of: order, on: &connection)
      }
    }
  }

  struct Resettle: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Settle an order again by what its providers say now.",
      discussion: """
        Whatever waits in the inbox for the order is settled now, and each of its payments is asked
        for at its provider, whatever state it is in here. Only what the provider says moves money.
        Exits 1 when a provider gave no clear answer.
        """)

    @Argument(help: "The order's number.") var order: String
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      try OrderCommand.withCaretaker { caretaker, connection in
        let order = try OperatorOrders.find(order, on: &connection)
        let results = try caretaker.resettle(
          order, by: operation, on: &connection)
        guard let results else {
          OperatorOrders.complainStopped()
          throw ExitCode.failure
        }
        for result in results { Console.say("\(result.outTradeNo): \(text(result.answer))") }
        try OrderCommand.tellStatus(of: order, on: &connection)
        guard results.allSatisfy({ $0.answer.isClear }) else { throw ExitCode.failure }
      }
    }

    private func text(_ answer: RepairResult.Answer) -> String {
      switch answer {
      case .settled(let outcome): "answered, \(outcome)"
      case .stored: "answered; the queue settles it"
      case .notFound: "unknown at the provider"
      case .unclear(let cause): "no clear answer: \(cause)"
      case .off: "its provider is off"
      }
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End an unpaid order and close its payments at their providers.",
      discussion: "Money that arrives all the same still credits the coins.")

    @Argument(help: "The order's number.") var order: String
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      try OrderCommand.withCaretaker { caretaker, connection in
        let order = try OperatorOrders.find(order, on: &connection)
        let answer = try caretaker.close(
          order, by: operation, on: &connection)
        switch answer {
        case .closed: Console.say("order \(order.number) is closed")
        case .closing:
          Console.say(
            "order \(order.number) is over; the service goes on closing its payment at the provider"
          )
        case .paid(let status):
          Console.complain(
            "order \(order.number) is \(status.rawValue); give its money back: coinpay refund")
          throw ExitCode.failure
        case .stopped:
          OperatorOrders.complainStopped()
          throw ExitCode.failure
        }
      }
    }
  }

  /// Runs a command that calls providers, and writes the calls down.
  static func withCaretaker(
    _ body: (Caretaker, inout Connection) throws -> Void
  ) throws {
    let settings = try Settings.load()
    let recorder = CallRecorder()
    let parts = try Composition(settings, logger: Logger(label: "coinpay"), recorder: recorder)
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      try settings.requireKeys(on: &connection)
      defer { try? recorder.flush(on: &connection) }
      try body(parts.caretaker, &connection)
    }
  }

  private static func tellStatus(
    of order: CoinOrder, on connection: inout Connection
  ) throws {
    let status = try CoinOrder.find(order.number, in: &connection)?.status(at: SystemTime.now())
    Console.say("order \(order.number) is \(status?.rawValue ?? "gone")")
  }
}

extension RepairResult.Answer {
  /// Whether it is known now what the provider knows.
  var isClear: Bool {
    switch self {
    case .settled, .stored, .notFound: true
    case .unclear, .off: false
    }
  }
}
