import Accounts
import ArgumentParser
import Database
import Payments
import Threads
import Vocabulary

struct PurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Remove old orders that were never paid, and sessions that are over.",
    discussion: """
      Run it by an account with the rights that 'coinpay grants ACCOUNT --keeper' prints, or as the
      database's owner: the worker may not delete history. Orders with any trace of money stay.
      The site may run meanwhile; the purge can be broken off and run again at any time.
      """)

  @Option(help: "Days since an order was over; COINPAY_PURGE_DAYS without it.") var days: Int?
  @Flag(help: "Tell what would be removed, and remove nothing.") var dryRun = false
  @Flag(help: "Answer as JSON.") var json = false

  /// Between two lines of progress.
  private static let progressSeconds = 2
  private static let secondsOfDay: Int64 = 86_400

  private struct Report: Encodable {
    let dryRun: Bool
    let before: String
    let orders: Int
    let payments: Int
    let events: Int
    let transitions: Int
    let kept: Int
    let sessions: Int64
    let signInFailures: Int64

    enum CodingKeys: String, CodingKey {
      case before, orders, payments, events, transitions, kept, sessions
      case dryRun = "dry_run"
      case signInFailures = "sign_in_failures"
    }
  }

  func run() throws {
    if let days, !Settings.purgeDays.contains(days) {
      throw ValidationError(
        "--days is from \(Settings.purgeDays.lowerBound) to \(Settings.purgeDays.upperBound)")
    }
    let (database, standardDays) = try Settings.loadForPurge()
    let zone = try Settings.loadZone()
    let days = days ?? standardDays
    try reportingDatabaseTrouble {
      var connection = Connection(database)
      let now = SystemTime.now()
      let cutoff = now.adding(seconds: -Int64(days) * PurgeCommand.secondsOfDay)
      let orders = try purgeOrders(before: cutoff, on: &connection)
      var pace = Pace()
      let sessions = try SessionPurge.run(
        on: &connection, at: now, isDryRun: dryRun, rest: { pace.rest() })
      try tell(
        Report(
          dryRun: dryRun, before: zone.rfc3339(cutoff), orders: orders.orders,
          payments: orders.payments, events: orders.events, transitions: orders.transitions,
          kept: orders.kept, sessions: sessions.sessions, signInFailures: sessions.failures))
    }
  }

  private func purgeOrders(
    before cutoff: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> OrderPurge.Counts {
    var purge = OrderPurge(before: cutoff, actor: OperatorOrders.actor, isDryRun: dryRun)
    var pace = Pace()
    var toldAt = ContinuousClock.now
    while try purge.next(on: &connection, at: SystemTime.now()) {
      if !json, toldAt.duration(to: .now) >= .seconds(PurgeCommand.progressSeconds) {
        Console.say("\(purge.counts.orders) orders so far")
        toldAt = .now
      }
      pace.rest()
    }
    return purge.counts
  }

  private func tell(_ report: Report) throws {
    if json {
      Console.sayJSON(report)
      return
    }
    Console.say(
      "\(dryRun ? "would remove" : "removed") \(report.orders) orders that were over before "
        + "\(report.before), with \(report.payments) payments, \(report.events) events and "
        + "\(report.transitions) transitions; \(report.kept) stay because of money")
    Console.say("\(report.sessions) sessions, \(report.signInFailures) counts of failed sign-ins")
  }
}
