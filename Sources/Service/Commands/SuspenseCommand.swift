import ArgumentParser
import Database
import Operators
import Payments
import Provider
import Vocabulary

struct SuspenseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspense", abstract: "Look after money that no order could be credited with.",
    subcommands: [List.self, Resolve.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the open entries.")

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let entries = try Suspense.open(in: &connection)
        for entry in entries {
          Console.say(
            "\(entry.id)  \(entry.createdAt)  \(entry.provider)  \(entry.amount.text)  "
              + "\(entry.reason)  "
              + "\(entry.outTradeNo ?? "-")  \(entry.providerTransactionID ?? "-")")
        }
        if entries.isEmpty { Console.say("no money is in suspense") }
      }
    }
  }

  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what became of an entry: refunded at the provider, another system's, \u{2026}")

    @Argument(help: "The entry's number.") var id: Int64
    @Option(help: "What was found out and done.") var reason: String

    func run() throws {
      try OperatorOrders.resolve(
        .suspense(id), reason, name: "open entry \(id)", done: "entry \(id) is resolved")
    }
  }
}
