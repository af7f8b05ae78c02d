import Accounts
import AdminPages
import Crypto
import HTTP
import HTTPTypes
import Pages
import Provider
import Routes
import Vocabulary

/// One request of somebody who was let into the console.
struct AdminCall {
  let call: Call
  let console: AdminConsole
  let user: User
  let token: String
  let isAdmitted: Bool
  /// For the navigation of pages; programs do not ask for it.
  var openApprovals: Int64 = 0

  var language: Language { call.language }
  var site: Site { call.site }
  var query: QueryParameters { call.request.query }

  func name(of method: PaymentMethod) -> String { site.faces.name(method, language) }

  func say(_ phrase: Phrase) -> String { phrase.text(language) }

  /// - Parameter value: fills the place `{value}`.
  func say(_ phrase: Phrase, _ value: String) -> String {
    phrase.text(language, ["value": value])
  }

  /// A moment as the page shows it, in the site's time zone.
  func moment(_ moment: Timestamp) -> MomentView { MomentView(moment, zone: site.zone) }

  func rfc3339(_ moment: Timestamp) -> String { site.zone.rfc3339(moment) }

  /// Whether the reader may do what needs a role.
  func may(_ role: UserRole) -> Bool { user.role >= role }

  func page(
    _ page: ConsolePage, status: HTTPResponse.Status = .ok
  ) -> Response {
    let fields = query.fields.filter { $0.name != "lang" }
    let chrome = ConsoleChrome(
      language: language, path: call.ownPath, query: PercentCoding.encodeForm(fields),
      username: user.username, role: user.role, isAdmitted: isAdmitted,
      isDevelopment: site.facts.isDevelopment, zone: call.zoneName,
      openApprovals: openApprovals)
    return .html(console.renderer.render(page, chrome), status: status)
  }

  /// An amount as a provider reported it, which may be in a currency that nobody knows.
  func reported(_ amount: ReportedAmount) -> ConsoleCell {
    let money = Currency(amount.currencyCode).flatMap {
      Money(minorUnits: amount.minorUnits, currency: $0)
    }
    return money.map { .money($0) } ?? .number("\(amount.minorUnits) \(amount.currencyCode)")
  }

  /// What went wrong in its own words, with a way back.
  func errorPage(_ error: RouteError) -> Response {
    page(
      ConsolePage(
        error.message ?? error.code.message(language),
        [
          ConsoleSection(
            nil,
            [
              .text(pair(.requestID, call.request.requestID)),
              .links([(say(.toTheConsole), "/admin")]),
            ])
        ]),
      status: HTTPResponse.Status(code: error.code.status))
  }

  /// A name and what it stands for.
  func pair(_ name: Phrase, _ value: String) -> String {
    language.pair(say(name), value)
  }

  /// A key that makes sending a form twice the same as sending it once.
  func newKey() throws -> String { Hex.encode(try randomBytes(count: AdminCall.keyByteCount)) }

  private static let keyByteCount = 16
}
