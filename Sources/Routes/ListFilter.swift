import HTTP
import Pages
import Vocabulary

/// What `?status=&from=&to=&offset=&to_offset=` of a list asks for; empty values ask for nothing.
///
/// Days are meant on the reader's clock, whose zone only the browser knows: it says at which offset from
/// UTC midnight is on the clock the first day begins, and at which one the last day ends.
struct ListFilter {
  let choice: String?
  /// From the first moment of the first day.
  let from: Timestamp?
  /// Before the first moment after the last day.
  let until: Timestamp?
  let view: ListFilterView

  /// Minutes east or west of UTC that a reader can be.
  private static let offsetMinutes = -14 * 60...14 * 60

  /// - Parameters:
  ///   - name: of the choice, `status` or `kind`.
  ///   - choices: what it can be.
  /// - Throws: INVALID_PARAMETERS for anything that the form does not send.
  init(_ call: Call, _ name: String, choices: [String]) throws(RouteError) {
    func field(_ name: String) -> String? {
      call.request.query[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    choice = field(name)
    guard choice.map({ choices.contains($0) }) ?? true else { throw RouteError(.invalidParameters) }
    let zone = try Self.zone(field("offset")) ?? call.site.zone
    from = try Self.date(field("from")).map { zone.day($0).start }
    let lastZone = try Self.zone(field("to_offset")) ?? zone
    until = try Self.date(field("to")).map { lastZone.day($0).end }
    view = ListFilterView(
      choice: choice, from: field("from"), to: field("to"), offset: field("offset"),
      toOffset: field("to_offset"))
  }

  private static func zone(_ minutes: String?) throws(RouteError) -> TimeZoneOffset? {
    guard let minutes else { return nil }
    guard let bounded = OutsideNumber(minutes)?.within(offsetMinutes) else {
      throw RouteError(.invalidParameters)
    }
    // bounded: 14 hours.
    return .fixed(seconds: bounded * 60)
  }

  private static func date(_ day: String?) throws(RouteError) -> CalendarDate? {
    guard let day else { return nil }
    guard let date = CalendarDate(day) else { throw RouteError(.invalidParameters) }
    return date
  }
}
