import Accounts
import Database
public import HTTP
import HTTPTypes
import Pages
import Vocabulary

/// Registering, signing in and out.
enum AccountRoutes {
  private struct CredentialsBody: Decodable {
    let username: String
    let password: String
  }

  private struct RegistrationBody: Decodable {
    let username: String
    let password: String
    let email: String?
  }

  private struct Me: Encodable {
    let userId: Int64
    let username: String
    let role: String

    init(_ user: User) {
      userId = user.id.value
      username = user.username
      role = user.role.rawValue
    }
  }

  /// Longest text that is looked at as a name or password, in bytes.
  private static let textBytesMax = 1_024

  /// `POST /api/auth/login`
  static func signIn(_ call: Call, _ connection: inout Connection) throws -> Response {
    let body = try call.decode(CredentialsBody.self)
    guard body.username.utf8.count <= textBytesMax, body.password.utf8.count <= textBytesMax else {
      throw RouteError(.invalidParameters)
    }
    let outcome = try call.site.accounts.signIn(
      username: body.username, password: Secret(body.password),
      address: call.request.remoteAddress, on: &connection)
    switch outcome {
    case .signedIn(let user, let token): return try signedIn(user, token, call)
    case .wrongCredentials: throw RouteError(.invalidCredentials)
    case .disabled: throw RouteError(.accountDisabled)
    case .limited(let seconds): throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    }
  }

  /// `POST /api/auth/register`
  static func register(_ call: Call, _ connection: inout Connection) throws -> Response {
    let body = try call.decode(RegistrationBody.self)
    guard let username = Username(body.username), let password = NewPassword(body.password) else {
      throw RouteError(.invalidParameters)
    }
    let email = try body.email.map(PersonalRoutes.address)
    switch try call.site.accounts.register(username, password: password, on: &connection) {
    case .usernameTaken: throw RouteError(.usernameTaken)
    case .registered(let user):
      if let email {
        try call.site.emails.set(email, of: user.id, in: &connection, at: call.site.clock.now())
      }
      let token = try call.site.accounts.beginSession(of: user.id, on: &connection)
      return try signedIn(user, token, call)
    }
  }

  /// `POST /api/auth/logout`
  static func signOut(_ call: Call, _ connection: inout Connection) throws -> Response {
    if let token = call.request.cookies[SignInSession.cookieName] {
      try call.site.accounts.endSession(token: token, on: &connection)
    }
    return try setSession("", lifetimeSeconds: 0, call, .success(Empty()))
  }

  /// `GET /api/auth/me`
  static func me(_ call: Call, _ connection: inout Connection) throws -> Response {
    .success(Me(try call.requireUser(&connection)))
  }

  static func signInPage(_ call: Call, _ connection: inout Connection) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    return .html(
      call.site.renderer.signIn(next: call.nextPage(standard: "/coin"), call.chrome(nil)))
  }

  static func registerPage(_ call: Call, _ connection: inout Connection) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    return .html(
      call.site.renderer.register(next: call.nextPage(standard: "/coin"), call.chrome(nil)))
  }

  private struct Empty: Encodable {}

  private static func signedIn(_ user: User, _ token: String, _ call: Call) throws -> Response {
    try setSession(
      token, lifetimeSeconds: Int(SignInSession.lifetimeSeconds), call, .success(Me(user)))
  }

  private static func setSession(
    _ token: String, lifetimeSeconds: Int, _ call: Call, _ response: Response
  ) throws(RouteError) -> Response {
    guard
      let cookie = SetCookie(
        name: SignInSession.cookieName, value: token, maxAgeSeconds: lifetimeSeconds,
        isSecure: call.request.isSecure)
    else { throw RouteError(.internal) }
    return response.adding(.setCookie, cookie.headerValue)
  }
}

/// `?lang=` on any page: remembers the language and goes back to the page.
public enum LanguageSwitch {
  private static let lifetimeSeconds = 365 * 24 * 3_600

  public static func response(_ call: Call) -> Response? {
    guard let language = call.request.query["lang"].flatMap(Language.init),
      let cookie = SetCookie(
        name: Call.languageCookie, value: language.rawValue, maxAgeSeconds: lifetimeSeconds,
        isSecure: call.request.isSecure)
    else { return nil }
    let rest = call.request.query.fields.filter { $0.name != "lang" }
      .map { (name: $0.name, value: $0.value) }
    let query = rest.isEmpty ? "" : "?" + PercentCoding.encodeForm(rest)
    let path = call.request.path.split(separator: "/").map { PercentCoding.encode(String($0)) }
      .joined(separator: "/")
    return .redirect(to: "/" + path + query).adding(.setCookie, cookie.headerValue)
  }
}
