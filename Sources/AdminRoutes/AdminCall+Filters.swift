import AdminPages
import HTTP
import Pages
import Payments
import Routes
import Vocabulary

extension AdminCall {
  /// A filter of the address, without the spaces that pasting brings along; an empty one counts as absent. A
  /// long one is looked for like any other and finds nothing: a list of everything would be taken for its answer.
  func filter(_ name: String) -> String? {
    guard let given = query[name]?.drop(while: \.isWhitespace),
      let last = given.lastIndex(where: { !$0.isWhitespace })
    else { return nil }
    return String(given[...last])
  }

  /// A filter as a value.
  /// - Parameter label: what the page calls it.
  /// - Throws: INVALID_PARAMETERS when it is there and means nothing.
  func choice<Value>(
    _ name: String, _ label: Phrase, _ parse: (String) -> Value?
  ) throws(RouteError) -> Value? {
    guard let text = filter(name) else { return nil }
    guard let value = parse(text) else {
      throw RouteError(
        .invalidParameters, message: say(.filterWrong, say(label)))
    }
    return value
  }

  /// A day of the site's time zone, written `2026-01-31`.
  func day(_ name: String, _ label: Phrase) throws(RouteError) -> LocalDay? {
    try choice(name, label) { CalendarDate($0) }.map { site.zone.day($0) }
  }

  /// The number of a row after which a part of a list begins; 0 for its beginning.
  func after(_ name: String = "after") throws(RouteError) -> Int64 {
    try choice(name, .listPosition) {
      OutsideNumber($0)?.within(0...OutsideNumber.identifiers.upperBound)
    } ?? 0
  }

  /// The address of the next part of a list.
  ///
  /// - Parameter name: of the list among those of the page.
  func more(_ next: String?, _ name: String = "after") -> String? {
    next.map { next in
      let fields = query.fields.filter { $0.name != name && $0.name != "lang" }
      return "?" + PercentCoding.encodeForm(fields + [(name: name, value: next)])
    }
  }

  /// What is said of a part of a list below it; nil when nothing follows.
  func remaining<Row>(_ part: OpenPart<Row>) -> ConsoleBlock? {
    part.more > 0 ? .text(say(.moreWait, "\(part.more)")) : nil
  }
}
