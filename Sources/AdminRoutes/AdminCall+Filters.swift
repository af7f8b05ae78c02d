import AdminPages
import HTTP
import Pages
import Routes
import Vocabulary

extension AdminCall {
  /// A filter of the address, without the spaces that pasting brings along; an empty one counts as absent. A long one is looked for like any other and
  /// finds nothing: a list of everything would be taken for its answer.
  func filter(_ name: String) -> String? {
    guard let given = query[name] else { return nil }
    let isSpace = { (character: Character) in character.isWhitespace }
    let rest = given.drop(while: isSpace)
    let text = String(rest.reversed().drop(while: isSpace).reversed())
    return text.isEmpty ? nil : text
  }

  /// A filter as a value.
  /// - Throws: INVALID_PARAMETERS when it is there and means nothing.
  func choice<Value>(
    _ name: String, _ parse: (String) -> Value?
  ) throws(RouteError) -> Value? {
    guard let text = filter(name) else { return nil }
    guard let value = parse(text) else {
      throw RouteError(.invalidParameters, message: "\(say(.filterWrong)) \(name)")
    }
    return value
  }

  /// A day of the site's time zone, written `2026-01-31`.
  func day(_ name: String) throws(RouteError) -> LocalDay? {
    try choice(name) { CalendarDate($0) }.map { site.zone.day($0) }
  }

  /// The address of the next part of a list.
  func more(_ next: String?) -> String? {
    next.map { next in
      let fields = query.fields.filter { $0.name != "after" && $0.name != "lang" }
      return "?" + PercentCoding.encodeForm(fields + [(name: "after", value: next)])
    }
  }
}
