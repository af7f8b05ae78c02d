import HTTP
import Pages
import Vocabulary

/// What `?status=&from=&to=&offset=` of a list asks for; empty values ask for nothing.
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
    let offset = field("offset")
    let minutes = offset.flatMap { OutsideNumber($0)?.within(Self.offsetMinutes) }
    guard offset == nil || minutes != nil else { throw RouteError(.invalidParameters) }
    from = try Self.midnight(field("from"), minutes, call)
    until = try Self.midnight(field("to"), minutes, call)?.adding(seconds: 86_400)
    view = ListFilterView(
      choice: choice, from: field("from"), to: field("to"), offset: offset)
  }

  private static func midnight(
    _ day: String?, _ offsetMinutes: Int?, _ call: Call
  ) throws(RouteError) -> Timestamp? {
    guard let day else { return nil }
    // The thirtieth of February is read as a day of March.
    guard let moment = Timestamp(rfc3339: "\(day)T00:00:00Z"),
      CalendarTime(moment, offsetSeconds: 0).date == day
    else {
      throw RouteError(.invalidParameters)
    }
    let seconds = offsetMinutes.map { $0 * 60 } ?? call.site.zone.seconds(at: moment)
    // bounded: both kinds of offset are less than a day.
    return moment.adding(seconds: Int64(-seconds))
  }
}
