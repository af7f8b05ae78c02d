import ArgumentParser
import Database
import Operators
import Payments
import Provider
import Vocabulary

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Look after events that could not be settled.",
    subcommands: [Status.self, Retry.self, Discard.self])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what waits and what was given up; exits 1 when something was.")

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let figures = try ParkedEvents.figures(in: &connection)
        let since = figures.oldest.map { ", the oldest since \($0)" } ?? ""
        Console.say("\(figures.pending) events wait\(since); \(figures.parked) are parked")
        for entry in try ParkedEvents.list(in: &connection) {
          Console.say(
            "\(entry.id)  \(entry.receivedAt)  \(entry.provider)  \(entry.outTradeNo ?? "-")  "
              + "\(entry.eventKey)  \(entry.error)")
        }
        if figures.parked > 0 { throw ExitCode.failure }
      }
    }
  }

  struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a parked event be settled again, or all of them.")

    @Argument(help: "The event's number; all without it.") var event: Int64?

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let count = try ParkedEvents.retry(
          event.map { EventID($0) }, by: OperatorOrders.actor, on: &connection,
          at: SystemTime.now())
        guard let count else {
          OperatorOrders.complainStopped()
          throw ExitCode.failure
        }
        guard count > 0 else {
          Console.complain("there is no such parked event")
          throw ExitCode.failure
        }
        Console.say("\(count) events will be settled again")
      }
    }
  }

  struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a parked event up for good; it stays in the inbox.")

    @Argument(help: "The event's number.") var event: Int64
    @Option(help: "Why it need not be settled.") var reason: String

    func run() throws {
      try OperatorOrders.resolve(
        .parkedEvent(EventID(event)), reason, name: "parked event \(event)",
        done: "event \(event) is discarded")
    }
  }
}
