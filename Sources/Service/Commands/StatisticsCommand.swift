public import ArgumentParser
import Database
public import Statistics
import Vocabulary

struct StatisticsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics", abstract: "Print the figures of a period as CSV.",
    discussion: """
      Days are those of COINPAY_TIME_ZONE. Payments are counted when they were begun, money when it
      arrived, refunds when they were asked for. Durations are exact or too great by at most a
      sixteenth.
      """)

  @Option(help: "The first day, such as 2026-01-31; today without it.") var from: String?
  @Option(help: "The last day; the first without it.") var to: String?
  @Option(help: "hour or day; what suits the length without it.") var by: StatisticsPeriod.Slot?
  @Option(help: "slots, causes or durations.") var table: StatisticsTable = .slots

  func run() throws {
    let settings = try Settings.load()
    let today = settings.zone.day(of: SystemTime.now()).date
    let first = try from.map(date) ?? today
    let last = try to.map(date) ?? first
    let period = StatisticsPeriod(first: first, last: last, slot: by, zone: settings.zone)
    guard let period else {
      throw ValidationError(
        "a period has 1 to \(StatisticsPeriod.daysMax) days, by the hour at most "
          + "\(StatisticsPeriod.hourlyDaysMax)")
    }
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      let report = try StatisticsReport.read(period, zone: settings.zone, on: &connection)
      Console.sayCSV(report.csv(table))
      if report.staleQuarters > 0 {
        Console.complain("\(report.staleQuarters) quarter hours are still to be counted")
      }
    }
  }

  private func date(_ text: String) throws -> CalendarDate {
    guard let date = CalendarDate(text) else {
      throw ValidationError("'\(text)' is no day such as 2026-01-31")
    }
    return date
  }
}

extension StatisticsPeriod.Slot: ExpressibleByArgument {}
extension StatisticsTable: ExpressibleByArgument {}
