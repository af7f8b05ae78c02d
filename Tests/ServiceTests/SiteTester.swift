import Controls
import Crypto
import Database
import HTTP
import HTTPTypes
import Kit
import Logging
import Payments
import Routes
import Threads
import Vocabulary

@testable import Service

/// A whole site without sockets and nginx: a request goes in, its answer comes out, over a database of its
/// own with the demo accounts and packages. What it is made of is what the worker is made of.
final class SiteTester {
  static let baseURL = "https://shop.example"

  let parts: Composition
  private let site: (Request, inout Connection) -> Response
  private let settlements: SettlementQueue
  private let settler: WorkerThread
  var connection: Connection
  private let variables: [String: String]
  /// What the browser keeps.
  private var cookies: [String: String] = [:]
  /// Who is signed in, and what the browsers of others keep.
  private var account: String?
  private var sessions: [String: [String: String]] = [:]

  /// - Parameter changes: settings that differ from those of a development site.
  init(_ changes: [String: String] = [:]) throws {
    let database = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    variables = SiteTester.variables(database).merging(changes) { _, change in change }
    let settings = try Settings.read(variables)
    let logger = Logger(label: "site") { _ in SwiftLogNoOpLogHandler() }
    let parts = try Composition(settings, logger: logger)
    let settlements = SettlementQueue(desk: parts.settlement, mode: settings.webhookMode)
    let controls = ControlsBoard()
    connection = Connection(settings.database)
    try Seed.plant(settings, on: &connection)
    _ = try controls.refresh(on: &connection)
    let site = try parts.site(settlements: settlements, controls: controls) { _ in "metrics\n" }
    self.site = { request, connection in
      SiteTester.isForWebhooks(request.path)
        ? site.answerWebhook(request, on: &connection) : site.answerWeb(request, on: &connection)
    }
    self.parts = parts
    self.settlements = settlements
    settler = try WorkerThread.start(name: "settler", stackBytes: 1024 * 1024) {
      var connection = Connection(settings.database)
      settlements.settleUntilStopped(on: &connection)
    }
  }

  deinit {
    settlements.stop()
    settler.join()
  }

  /// As nginx divides them.
  private static func isForWebhooks(_ path: String) -> Bool {
    path == "/metrics/notifications" || path.hasPrefix("/api/payment/webhook/")
      || (path.hasPrefix("/api/payment/") && path.hasSuffix("/notify"))
  }

  private static func variables(_ database: DatabaseConfiguration) -> [String: String] {
    guard case .socket(let path) = database.endpoint else { return [:] }
    let key = Base64.encode([UInt8](repeating: 7, count: 32))
    return [
      "COINPAY_ENV": "development", "COINPAY_BASE_URL": baseURL, "COINPAY_DB_SOCKET": path,
      "COINPAY_DB_NAME": database.database, "COINPAY_DB_USER": database.user,
      "COINPAY_DB_PASSWORD": PrivateMariaDB.password.reveal(), "COINPAY_SESSION_KEY": key,
      "COINPAY_ENCRYPTION_KEYS": "1:\(key)", "COINPAY_SECOND_FACTOR": "optional",
    ]
  }

  /// - Parameters:
  ///   - target: a path, and a query after `?`.
  ///   - json: sent as a JSON body.
  func send(_ method: HTTPRequest.Method, _ target: String, json: String? = nil) -> SiteAnswer {
    send(method, target, json.map { ("application/json", $0) })
  }

  /// Fills in a form that stands on a page, with the token that is given there.
  func submit(_ action: String, on page: String, _ fields: [(name: String, value: String)])
    -> SiteAnswer
  {
    let token = send(.get, page).value(after: #"name="token" value=""#) ?? ""
    let form = PercentCoding.encodeForm(fields + [("token", token)])
    return send(.post, action, ("application/x-www-form-urlencoded", form))
  }

  private func send(
    _ method: HTTPRequest.Method, _ target: String, _ content: (type: String, text: String)?
  ) -> SiteAnswer {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = Request(
      method: method, path: String(parts[0]),
      query: QueryParameters(parts.count > 1 ? parts[1] : "") ?? [:],
      body: Array((content?.text ?? "").utf8), host: "shop.example")
    if let content { request.headers[.contentType] = content.type }
    request.headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    let answer = SiteAnswer(site(request, &connection))
    for (name, value) in answer.cookies { cookies[name] = value.isEmpty ? nil : value }
    return answer
  }

  /// Runs a command of the program as alice at a shell of the site's machine.
  ///
  /// - Parameter input: what she types, a line.
  func command(_ line: String, input: String = "") throws -> CommandAnswer {
    try CommandAnswer.of(
      line.split(separator: " ").map { String($0) },
      variables.merging(["USER": "alice", "TYPED": input]) { _, own in own })
  }

  /// Sends what follows as this account, in the session that it had before, if any.
  func signIn(_ name: String, password: String) throws {
    if let account { sessions[account] = cookies }
    account = name
    cookies = sessions[name] ?? [:]
    if !cookies.isEmpty { return }
    let body = #"{"username":"\#(name)","password":"\#(password)"}"#
    let answer = send(.post, "/api/auth/login", json: body)
    guard answer.status == 200 else { throw SiteTesterError.notSignedIn(answer.text) }
  }
}

enum SiteTesterError: Error { case notSignedIn(String) }

/// What the site answered.
struct SiteAnswer {
  let status: Int
  let headers: HTTPFields
  let text: String

  init(_ response: Response) {
    status = response.status.code
    headers = response.headers
    text = String(decoding: response.body, as: UTF8.self)
  }

  /// The cookies that it sets, by name.
  var cookies: [(name: String, value: String)] {
    headers[values: .setCookie].compactMap { header in
      let pair = header.prefix { $0 != ";" }
      guard let equals = pair.firstIndex(of: "=") else { return nil }
      return (String(pair[..<equals]), String(pair[equals...].dropFirst()))
    }
  }

  /// What stands between a text and the next quotation mark.
  func value(after mark: String) -> String? {
    text.firstRange(of: mark).map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
  }

  /// The text of a member of the answer in JSON.
  func member(_ name: String) -> String? { value(after: #""\#(name)":""#) }
}
