import ArgumentParser
import Audit
import Database
import Vocabulary

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show what operators did, newest first.",
    discussion: "'coinpay ledger verify' proves that none of it was changed.")

  @Option(help: "Actions to show.") var count = 50

  private static let countMax = 10_000

  func run() throws {
    guard (1...AuditCommand.countMax).contains(count) else {
      throw ValidationError("--count is from 1 to \(AuditCommand.countMax)")
    }
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      for action in try OperatorAction.latest(count, in: &connection) {
        Console.say(
          "\(action.id)  \(action.createdAt)  \(action.actor)  \(action.action)  "
            + "\(action.subject)  \(action.details)  \(action.reason)")
      }
    }
  }
}
