public import ArgumentParser
import Database
import Documents
import Operators
import Provider
public import Reconciliation
import Vocabulary

struct ReconcileList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the days that were compared, newest first.")

  @Option(help: "Runs to show.") var count = 30
  @Flag(help: "Answer as JSON.") var json = false

  func run() throws {
    guard (1...ReconciliationRun.pageRunsMax).contains(count) else {
      throw ValidationError("--count is from 1 to \(ReconciliationRun.pageRunsMax)")
    }
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      let runs = try ReconciliationRun.latest(limit: count, in: &connection)
      if json {
        let zone = try Settings.loadZone()
        Console.sayJSON(["items": runs.map { RunDocument($0, zone) }])
        return
      }
      for run in runs { Console.say(run.text) }
      let open = try ReconciliationItem.count(ItemFilter(isOpenOnly: true), in: &connection)
      Console.say(Console.counted(open, "difference is open", "differences are open"))
    }
  }
}

struct ReconcileShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show differences: of a run, or all that are open.")

  @Argument(help: "The run's number; all open differences without it.")
  var runNumber: Int64?
  @Option(help: "MISSING_HERE, MISSING_THERE, AMOUNT_DIFFERS or STATUS_DIFFERS.")
  var kind: Difference?
  @Flag(help: "Only those that wait for somebody.") var open = false
  @Option(help: "Begin after this difference.") var after: Int64 = 0
  @Option(help: "Differences to show.") var count = ReconciliationItem.pageItemsMax
  @Flag(help: "Answer as JSON.") var json = false

  func run() throws {
    guard (1...ReconciliationItem.pageItemsMax).contains(count) else {
      throw ValidationError("--count is from 1 to \(ReconciliationItem.pageItemsMax)")
    }
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      if let runNumber, try ReconciliationRun.find(runNumber, in: &connection) == nil {
        Console.complain("there is no run \(runNumber)")
        throw ExitCode.failure
      }
      let filter = ItemFilter(
        run: runNumber, kind: kind, isOpenOnly: open || runNumber == nil)
      let items = try ReconciliationItem.page(
        filter, after: after, limit: count, in: &connection)
      if json {
        let zone = try Settings.loadZone()
        Console.sayJSON(["items": items.map { DifferenceDocument($0, zone) }])
        return
      }
      for item in items { Console.say(item.text) }
      if items.isEmpty { Console.say("no differences") }
      if items.count == count, let last = items.last {
        Console.complain("there may be more: --after \(last.id)")
      }
    }
  }
}

struct ReconcileResolve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Say what became of a difference.")

  @Argument(help: "The difference's number.") var id: Int64
  @Option(help: "What was found out and done.") var reason: String

  func run() throws {
    try OperatorOrders.resolve(
      .difference(id), reason, name: "open difference \(id)", done: "difference \(id) is resolved")
  }
}

extension Difference: ExpressibleByArgument {}

extension ReconciliationItem {
  /// One line for people.
  var text: String {
    let numbers = [outTradeNo, providerTransactionID, outRequestNo, providerRefundID]
      .map { $0 ?? "-" }.joined(separator: "  ")
    let end = resolvedAt.map { "\($0) \(actor ?? ""): \(resolution ?? "")" } ?? "OPEN"
    return "\(id)  \(occurredAt)  \(provider)  \(kind.rawValue)  \(subject.rawValue)  \(numbers)  "
      + "ours \(ours?.text ?? "-")  theirs \(theirs?.text ?? "-")  \(end)"
  }
}

extension ReconciliationItem.Side {
  fileprivate var text: String { "\(status) \(amount.text)" }
}
