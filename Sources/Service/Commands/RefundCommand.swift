public import ArgumentParser
import Audit
import Database
import FoundationEssentials
import Logging
import Payments
public import Vocabulary

struct RefundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refund", abstract: "Give money of an order back.",
    discussion: """
      The coins are taken from the wallet at once, so that they cannot be spent while the money is on
      its way; they come back if the provider says that the refund failed. A provider that does not
      answer is asked again by the service until it is known what happened.
      """)

  @Argument(help: "The order's number.")
  var order: String
  @Option(
    help: "A decimal in the currency that was paid, such as 9.90; all that is left without it.")
  var amount: String?
  @Option(help: "Why; kept with the refund and shown by some providers.")
  var reason: String
  @Option(
    help: """
      What becomes of the coins: take-back, take-back-to-zero or leave; COINPAY_REFUND_RULE without it.
      """)
  var rule: RefundRule?
  @Option(help: "Any text: asking twice with the same key is asking once.")
  var key: String?

  func run() throws {
    let operation = try OperatorOrders.operation(reason)
    let settings = try Settings.load()
    let key = try OperatorOrders.key(self.key)
    try OperatorOrders.moving(key) {
      var connection = Connection(settings.database)
      let number = try OperatorOrders.number(order)
      let wish = RefundWish(
        orderNumber: number,
        amount: try amount.map { try OperatorOrders.amount($0, of: number, on: &connection) },
        by: operation,
        rule: rule ?? settings.settlementRules.refund, key: key)
      guard let wish else { throw ValidationError("the refund cannot be asked for as it is") }
      let parts = try Composition(settings, logger: Logger(label: "coinpay"))
      let answer = try parts.refunds.request(wish, on: &connection)
      try tell(answer)
    }
  }

  private func tell(_ answer: RefundAnswer) throws {
    switch answer {
    case .requested(let refund):
      Console.say(
        "refund \(refund.outRequestNo) of \(refund.amount) is under way; see: "
          + "coinpay order show \(order)")
      return
    case .repeated(let refund):
      Console.say(
        "refund \(refund.outRequestNo) of \(refund.amount) was asked for before and is "
          + refund.status.rawValue)
      return
    case .waiting(let request): try RequestsCommand.tellWaiting(request)
    case .stopped: OperatorOrders.complainStopped()
    case .tooManyWaiting: RequestsCommand.complainTooManyWaiting()
    case .coinsSpent: Console.complain("\(answer.obstacle ?? ""); see --rule")
    case .keyReused, .orderNotFound, .notPaid, .impossible, .disputed, .otherCurrency, .tooMuch,
      .tooFine:
      Console.complain(answer.obstacle ?? "")
    }
    throw ExitCode.failure
  }
}

extension RefundRule: ExpressibleByArgument {}
