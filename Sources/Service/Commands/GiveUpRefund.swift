import ArgumentParser
import Audit
import Payments
import Vocabulary

extension OrderCommand {
  struct GiveUpRefund: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "give-up-refund",
      abstract: "End a refund that its provider does not know, and give its coins back.",
      discussion: """
        The provider is asked first. A refund that it knows is only ended by the provider; without a
        clear answer nothing changes. One that was never sent needs no answer.
        """)

    @Argument(help: "The order's number.") var order: String
    @Argument(help: "The refund's number, as coinpay order show tells.") var refund: String
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      try OrderCommand.withCaretaker { caretaker, connection in
        let order = try OperatorOrders.find(order, on: &connection)
        let answer = try caretaker.giveUp(
          refund: refund, of: order, by: operation, on: &connection)
        guard case .givenUp(let ended) = answer else {
          Console.complain(text(answer))
          throw ExitCode.failure
        }
        Console.say("refund \(refund) was given up; \(ended.coinsTaken) coins are back")
      }
    }

    private func text(_ answer: GiveUpAnswer) -> String {
      switch answer {
      case .givenUp: "refund \(refund) was given up"
      case .refundNotFound: "order \(order) has no refund \(refund)"
      case .notOpen(let ended): "refund \(refund) is \(ended.status.rawValue)"
      case .busy(let seconds): "refund \(refund) was tried a moment ago; try again in \(seconds) s"
      case .known: "the provider knows refund \(refund); only the provider ends it"
      case .unclear(let cause): "the provider gave no clear answer: \(cause)"
      case .notConfigured:
        "the payment's provider account is not configured; only it can say that there is no refund"
      case .stopped: "settlement is stopped"
      }
    }
  }
}
