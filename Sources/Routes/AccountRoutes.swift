import Accounts
import Database
public import HTTP
import HTTPTypes
import LogLines
import Logging
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

    enum CodingKeys: String, CodingKey {
      case username, role
      case userId = "user_id"
    }

    init(_ user: User) {
      userId = user.id.value
      username = user.username
      role = user.role.rawValue
    }
  }

  /// Longest text that is looked at as a name or password, in bytes.
  static let textBytesMax = 1_024

  /// `POST /api/auth/login`
  static func signIn(_ call: Call, _ connection: inout Connection) throws -> Response {
    let body = try call.decode(CredentialsBody.self)
    let (user, token) = try signIn(body, call, &connection)
    return try entering(user, token, call, .success(Me(user)))
  }

  private static func signIn(
    _ body: CredentialsBody, _ call: Call, _ connection: inout Connection
  ) throws -> (User, token: String) {
    guard body.username.utf8.count <= textBytesMax, body.password.utf8.count <= textBytesMax else {
      throw RouteError(.invalidParameters)
    }
    let outcome = try call.site.accounts.signIn(
      username: body.username, password: Secret(body.password),
      visitor: call.visitor, device: call.device, on: &connection)
    switch outcome {
    case .signedIn(let user, let token):
      try endSessionBefore(call, &connection)
      call.site.logger.write(.info, "signed in", [.user: "\(user.id)", .outcome: "SIGNED_IN"])
      return (user, token)
    case .wrongCredentials:
      noteRefusal("WRONG_CREDENTIALS", call)
      throw RouteError(.invalidCredentials)
    case .disabled:
      noteRefusal("DISABLED", call)
      throw RouteError(.accountDisabled)
    case .limited(let seconds):
      noteRefusal("LIMITED", call)
      throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    case .busy:
      noteRefusal("BUSY", call)
      throw RouteError.busy
    }
  }

  /// Nobody goes on in a session that somebody else may have begun in this browser.
  private static func endSessionBefore(
    _ call: Call, _ connection: inout Connection
  ) throws(DatabaseError) {
    guard let before = call.sessionToken else { return }
    try call.site.accounts.endSession(token: before, on: &connection)
  }

  /// Without the name: people type passwords into its field.
  private static func noteRefusal(_ outcome: String, _ call: Call) {
    call.site.logger.write(
      .notice, "sign-in refused",
      [.outcome: "\(outcome)", .address: "\(call.request.remoteAddress)"])
  }

  /// `POST /api/auth/register`
  static func register(_ call: Call, _ connection: inout Connection) throws -> Response {
    let body = try call.decode(RegistrationBody.self)
    do {
      let (user, token) = try register(body, call, &connection)
      return try entering(user, token, call, .success(Me(user)))
    } catch let error as RouteError where error.code == .invalidPassword {
      // As every other member that is too short.
      throw RouteError(
        .invalidParameters, message: ErrorCode.invalidPassword.message(call.language))
    }
  }

  private static func register(
    _ body: RegistrationBody, _ call: Call, _ connection: inout Connection
  ) throws -> (User, token: String) {
    guard let username = Username(body.username) else { throw RouteError(.invalidParameters) }
    let password = try newPassword(body.password, of: username, role: .user)
    let email = try body.email.map(PersonalRoutes.address)
    let outcome = try call.site.accounts.registerVisitor(
      username, password: password, visitor: call.visitor, on: &connection)
    switch outcome {
    case .usernameTaken: throw RouteError(.usernameTaken)
    case .busy: throw RouteError.busy
    case .registered(let user):
      call.site.logger.write(.info, "registered", [.user: "\(user.id)"])
      if let email {
        try call.site.emails.set(email, of: user.id, in: &connection, at: call.site.clock.now())
      }
      try endSessionBefore(call, &connection)
      let token = try call.site.accounts.beginSession(
        of: user.id, device: call.device, on: &connection)
      return (user, token)
    }
  }

  /// - Throws: INVALID_PASSWORD, WEAK_PASSWORD.
  static func newPassword(
    _ text: String, of name: Username, role: UserRole
  ) throws(RouteError) -> NewPassword {
    do throws(PasswordRefusal) {
      return try NewPassword(text, of: name, role: role)
    } catch {
      switch error {
      case .tooShort, .tooLong: throw RouteError(.invalidPassword)
      case .tooPlain, .common: throw RouteError(.weakPassword)
      }
    }
  }

  /// `POST /api/auth/logout`
  static func signOut(_ call: Call, _ connection: inout Connection) throws -> Response {
    try endSession(call, .success(Empty()), &connection)
  }

  private static func endSession(
    _ call: Call, _ response: Response, _ connection: inout Connection
  ) throws -> Response {
    if let token = call.sessionToken {
      let user = try call.user(&connection)
      try call.site.accounts.endSession(token: token, on: &connection)
      if let user { call.site.logger.write(.info, "signed out", [.user: "\(user.id)"]) }
    }
    // Cookies are left out: the directive would take those of neighbouring hosts too.
    return response.adding(.clearSiteData, "\"cache\", \"storage\"").adding(
      .setCookie, try call.site.cookies.header(call.site.cookies.session, "", seconds: 0, call))
  }

  /// `GET /api/auth/me`
  static func me(_ call: Call, _ connection: inout Connection) throws -> Response {
    .success(Me(try call.requireUser(&connection)))
  }

  static func signInPage(_ call: Call, _ connection: inout Connection) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    return try call.withVisitor { chrome in
      .html(call.site.renderer.signIn(next: call.nextPage(standard: "/coin"), chrome))
    }
  }

  static func registerPage(_ call: Call, _ connection: inout Connection) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    return try call.withVisitor { chrome in
      .html(call.site.renderer.register(next: call.nextPage(standard: "/coin"), chrome))
    }
  }

  /// `POST /login`, without a script.
  static func signInForm(_ call: Call, _ connection: inout Connection) throws -> Response {
    try answerForm(call, &connection, signIn) { next, username, chrome in
      call.site.renderer.signIn(next: next, username: username, chrome)
    }
  }

  /// `POST /register`, without a script.
  static func registerForm(_ call: Call, _ connection: inout Connection) throws -> Response {
    try FormRoutes.refuseWhileReadOnly(call)
    return try answerForm(call, &connection, registerWithoutEmail) { next, username, chrome in
      call.site.renderer.register(next: next, username: username, chrome)
    }
  }

  private static func registerWithoutEmail(
    _ body: CredentialsBody, _ call: Call, _ connection: inout Connection
  ) throws -> (User, token: String) {
    let wish = RegistrationBody(username: body.username, password: body.password, email: nil)
    return try register(wish, call, &connection)
  }

  /// `POST /logout`, without a script.
  static func signOutForm(_ call: Call, _ connection: inout Connection) throws -> Response {
    _ = try call.form()
    return try endSession(call, .redirect(to: "/login"), &connection)
  }

  /// Begins a session and goes on, or shows the form again with what is wrong.
  private static func answerForm(
    _ call: Call, _ connection: inout Connection,
    _ begin: (CredentialsBody, Call, inout Connection) throws -> (User, token: String),
    _ render: (_ next: String, _ username: String, Chrome) -> String
  ) throws -> Response {
    let form = try call.form()
    let next = LocalPath.of(form["next"])
    let body = CredentialsBody(
      username: form["username"] ?? "", password: form["password"] ?? "")
    do {
      let (user, token) = try begin(body, call, &connection)
      return try entering(user, token, call, .redirect(to: next))
    } catch let error as RouteError {
      return .html(
        render(next, body.username, call.chrome(nil, message: .failed(error.code))),
        status: HTTPResponse.Status(code: error.code.status))
    }
  }

  private struct Empty: Encodable {}

  /// Gives the browser the token of a session that has begun, and a mark that it was there.
  private static func entering(
    _ user: User, _ token: String, _ call: Call, _ response: Response
  ) throws -> Response {
    let entered = try call.keepingSession(token, response)
    if call.visitor.isKnown(to: call.site.accounts, as: user.id) { return entered }
    let mark = try call.site.accounts.newDeviceMark(of: user.id)
    return entered.adding(
      .setCookie,
      try call.site.cookies.header(
        call.site.cookies.device, mark, seconds: DeviceMark.lifetimeSeconds, call))
  }
}

extension RouteError {
  /// Others are being looked at; nobody should try again at once.
  static var busy: RouteError { RouteError(.overloaded, retryAfterSeconds: Site.retryAfterSeconds) }
}

/// `?lang=` on any page: remembers the language and goes back to the page.
public enum LanguageSwitch {
  public static func response(_ call: Call) -> Response? {
    guard let language = call.request.query["lang"].flatMap(Language.init(code:)),
      let cookie = try? call.site.cookies.languageHeader(language.code, call)
    else { return nil }
    let rest = call.request.query.fields.filter { $0.name != "lang" }
      .map { (name: $0.name, value: $0.value) }
    let query = rest.isEmpty ? "" : "?" + PercentCoding.encodeForm(rest)
    return .redirect(to: LocalPath.encoded(call.request.path) + query).adding(.setCookie, cookie)
  }
}

extension HTTPField.Name {
  fileprivate static let clearSiteData = HTTPField.Name("Clear-Site-Data") ?? .cacheControl
}
