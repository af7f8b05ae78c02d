import Accounts
import ArgumentParser
import Audit
import Database
import HTTP
import Payments
import PersonalData
import Vocabulary

struct UserExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print everything that is stored about a user, as JSON.",
    discussion: "The audit log says that it was handed out.")

  @OptionGroup var target: UserCommand.Target

  func run() throws {
    let name = try target.name()
    let settings = try Settings.load()
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      guard let user = try User.find(name, in: &connection) else {
        return try UserCommand.require(false, target)
      }
      let export = PersonalExport(
        of: user, emails: EmailDesk(keyRing: settings.keyRing), zone: settings.zone,
        now: SystemTime.now())
      try export.record(
        by: Operation(by: OperatorOrders.actor, saying: "asked for"), on: &connection)
      // One snapshot, written part by part: memory stays bounded however much there is.
      try connection.snapshot { (transaction) throws(DatabaseError) in
        print(#"{"account":"# + json(try export.account(in: &transaction)) + #","orders":["#)
        try printOrders(export, in: &transaction)
        print(#"],"ledger":["#)
        try printEntries(export, in: &transaction)
        print("]}")
      }
    }
  }

  private func printOrders(
    _ export: PersonalExport, in transaction: inout Transaction
  ) throws(DatabaseError) {
    var last = OrderID(0)
    var separator = ""
    while true {
      let orders = try export.orders(after: last, in: &transaction)
      for order in orders {
        print(separator + json(order.order))
        separator = ","
      }
      guard let end = orders.last?.id else { return }
      last = end
    }
  }

  private func printEntries(
    _ export: PersonalExport, in transaction: inout Transaction
  ) throws(DatabaseError) {
    var last: Int64 = 0
    var separator = ""
    while true {
      let entries = try export.entries(after: last, in: &transaction)
      for entry in entries {
        print(separator + json(entry))
        separator = ","
      }
      guard let end = entries.last?.id else { return }
      last = end
    }
  }

  private func json(_ value: some Encodable) -> String {
    TerminalText.shownJSON(String(decoding: JSON.encode(value) ?? [], as: UTF8.self))
  }
}

struct UserErase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Erase what is personal about a user; the books stay.",
    discussion: """
      The user cannot sign in any more and is called erased-NUMBER. Orders, payments and the ledger stay
      under that number. Open orders are cancelled and their payments closed at the providers; money that \
      comes all the same is not credited but kept in suspense, with an alarm. Refunds and disputes that \
      are open come to their end by themselves. Coins that are left cannot be spent: refund or deduct them before. It cannot be
      undone.
      """)

  @OptionGroup var target: UserCommand.Target
  @Option(help: "Why; kept for ever, so without names.") var reason: String

  func run() throws {
    let name = try target.name()
    let operation = try OperatorOrders.operation(reason)
    let settings = try Settings.load()
    try OrderCommand.withCaretaker { caretaker, connection in
      guard let user = try User.find(name, in: &connection) else {
        return try UserCommand.require(false, target)
      }
      let desk = try AccountDesk(sessionKey: settings.sessionKey, clock: SystemTime.clock)
      let erasure = Erasure(accounts: desk, clock: SystemTime.clock, caretaker: caretaker)
      let report = try erasure.run(
        user, by: operation, on: &connection)
      Console.say(
        "user \(user.id) is \(report.pseudonym) now; \(report.notifications) notifications erased")
      if report.closed.orders > 0 {
        Console.say(
          Console.counted(
            Int64(report.closed.orders), "open order was cancelled", "open orders were cancelled"))
      }
      if report.closed.openPayments > 0 {
        Console.say(
          Console.counted(
            Int64(report.closed.openPayments), "payment is still open at its provider",
            "payments are still open at their providers")
            + "; the service goes on closing them, and money that comes is kept in suspense")
      }
      if report.notificationsKept > 0 {
        Console.say(
          "\(report.notificationsKept) notifications stay as evidence of open matters; later run: "
            + "coinpay user erase \(report.pseudonym) --reason …")
      }
      if report.balance != 0 {
        Console.say("\(report.balance) coins are left that nobody can spend")
      }
    }
  }
}
