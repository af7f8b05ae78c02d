import AdminPages
import Controls
import Database
import HTTP
import Pages
import Payments
import Routes
import Statistics
import Vocabulary

/// `/admin/dashboard`: how the shop does now and did in a period.
enum DashboardPage {
  static func dashboard(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let report = try StatisticsAPI.read(admin, &connection)
    let view = DashboardView(report, admin)
    return admin.page(
      ConsolePage(
        admin.say(.dashboard),
        [
          ConsoleSection(
            nil, [.links(shortcuts(admin)), .filters(filters(report.period, admin))]),
          ConsoleSection(
            view.say(.now), [.facts(try now(report, view, &connection))]),
          ConsoleSection(view.say(.overview), [view.overview]),
          ConsoleSection(view.say(.successRate), view.successRate),
          ConsoleSection(view.say(.causes), view.causes),
          ConsoleSection(view.say(.durations), view.durations),
          ConsoleSection(view.say(.amounts), view.amounts),
          ConsoleSection(view.say(.duplicatesAndRefunds), view.duplicatesAndRefunds),
        ]))
  }

  private static func shortcuts(_ admin: AdminCall) -> [(text: String, address: String)] {
    let today = admin.site.zone.day(of: admin.site.clock.now()).date
    let spans: [(Phrase, Int)] = [
      (.today, 1), (.sevenDays, 7), (.thirtyDays, 30), (.ninetyDays, 90),
    ]
    return spans.map { phrase, days in
      let first = today.adding(days: 1 - days)
      return (phrase.text(admin.language), "/admin/dashboard?from=\(first)&to=\(today)")
    }
  }

  private static func filters(
    _ period: StatisticsPeriod, _ admin: AdminCall
  ) -> [ConsoleField] {
    func say(_ phrase: Phrase) -> String { phrase.text(admin.language) }
    return [
      ConsoleField(.date, "from", admin.say(.fromDay), value: period.first.description),
      ConsoleField(.date, "to", admin.say(.until), value: period.last.description),
      ConsoleField(
        .choice(
          [
            (value: "", text: admin.say(.all)), (value: "hour", text: say(.byHour)),
            (value: "day", text: say(.byDay)),
          ].dropFirst().map { $0 }), "by", say(.by), value: period.slot.rawValue),
    ]
  }

  private static func now(
    _ report: StatisticsReport, _ view: DashboardView, _ connection: inout Connection
  ) throws -> [(name: String, value: ConsoleCell)] {
    let admin = view.admin
    let queue = try ParkedEvents.figures(in: &connection)
    let controls = admin.site.checkout.controls.current
    let off = controls.methodsOff.map { admin.name(of: $0) }
    return [
      (view.say(.site), ControlPages.mode(controls, admin)),
      (
        view.say(.methodsOff),
        off.isEmpty ? .none : .text(off.joined(separator: " · "))
      ),
      (
        view.say(.approvalsWaiting),
        .link(Names.coins(admin.openApprovals), address: "/admin/confirmations")
      ),
      (view.say(.waiting), .number(Names.coins(queue.pending))),
      (view.say(.waitingSince), .optionalMoment(queue.oldest.map(admin.moment))),
      (view.say(.parked), .number(Names.coins(queue.parked))),
      (view.say(.suspenseMoney), .number(Names.coins(try Suspense.openCount(in: &connection)))),
      (view.say(.behind), .number(Names.coins(report.staleQuarters))),
    ]
  }
}
