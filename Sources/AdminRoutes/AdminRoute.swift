import Accounts
public import Database
public import HTTP
import HTTPTypes
import Pages
import Payments
public import Routes
import Vocabulary

/// An address of the console, with who may use it.
struct AdminRoute: Sendable {
  typealias Handler = @Sendable (AdminCall, inout Connection) throws -> Response

  let method: HTTPRequest.Method
  let pattern: String
  let minimumRole: UserRole
  /// False only for what leads to the second factor itself.
  let needsSecondFactor: Bool
  let handle: Handler

  /// Reading: a page or a part of the API.
  static func get(
    _ pattern: String, _ role: UserRole, needsSecondFactor: Bool = true, _ handle: @escaping Handler
  ) -> AdminRoute {
    AdminRoute(
      method: .get, pattern: pattern, minimumRole: role, needsSecondFactor: needsSecondFactor,
      handle: handle)
  }

  /// Changing something: JSON from a page of ours or a program.
  static func post(
    _ pattern: String, _ role: UserRole, needsSecondFactor: Bool = true, _ handle: @escaping Handler
  ) -> AdminRoute {
    AdminRoute(
      method: .post, pattern: pattern, minimumRole: role, needsSecondFactor: needsSecondFactor,
      handle: handle)
  }

  var isPage: Bool { !pattern.hasPrefix("/api/") }

  func route(of console: AdminConsole) -> Route<Endpoint> {
    let requirement: Endpoint.Guard = method == .post ? .sameOriginJSON : .none
    return Route(
      method, pattern,
      Endpoint(requirement) { call, connection in
        isPage
          ? try answerPage(call, console, &connection)
          : try handle(try enter(call, console, &connection), &connection)
      })
  }

  /// Lets the reader in, or says why not: in this order LOGIN_REQUIRED, FORBIDDEN,
  /// SECOND_FACTOR_REQUIRED.
  private func enter(
    _ call: Call, _ console: AdminConsole, _ connection: inout Connection
  ) throws -> AdminCall {
    guard let token = call.sessionToken,
      let session = try call.site.accounts.session(token: token, on: &connection)
    else { throw RouteError(.loginRequired) }
    let user = session.user
    guard user.role >= minimumRole, user.role > .user else { throw RouteError(.forbidden) }
    let isAdmitted = try console.admits(
      user, steppedUpAt: session.steppedUpAt, at: call.site.clock.now(), on: &connection)
    guard isAdmitted || !needsSecondFactor else { throw RouteError(.secondFactorRequired) }
    return AdminCall(
      call: call, console: console, user: user, token: token, isAdmitted: isAdmitted)
  }

  private func answerPage(
    _ call: Call, _ console: AdminConsole, _ connection: inout Connection
  ) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    let next = "?next=" + PercentCoding.encode(call.pathAndQuery)
    var admin: AdminCall
    do {
      admin = try enter(call, console, &connection)
      if admin.isAdmitted { admin.openApprovals = try OpenApprovals.count(in: &connection) }
    } catch let error as RouteError {
      switch error.code {
      case .loginRequired: return .redirect(to: "/login" + next)
      case .secondFactorRequired: return .redirect(to: "/admin/verify" + next)
      default: throw error
      }
    }
    do {
      return try handle(admin, &connection)
    } catch let error as RouteError {
      return admin.errorPage(error)
    }
  }
}

extension AdminConsole {
  /// What people behind the counter see where a page of the console is not, or is not for them; nil for
  /// everybody else and everywhere else.
  @Sendable public func errorPage(
    _ error: RouteError, _ call: Call, _ connection: inout Connection
  ) throws -> Response? {
    let path = call.request.path
    guard path == "/admin" || path.hasPrefix("/admin/"), let token = call.sessionToken,
      let session = try call.site.accounts.session(token: token, on: &connection),
      session.user.role > .user
    else { return nil }
    let isAdmitted = try admits(
      session.user, steppedUpAt: session.steppedUpAt, at: call.site.clock.now(), on: &connection)
    return AdminCall(
      call: call, console: self, user: session.user, token: token, isAdmitted: isAdmitted,
      openApprovals: try isAdmitted ? OpenApprovals.count(in: &connection) : 0
    ).errorPage(error)
  }

  /// Whether a session may go behind the counter: its user gave a code not long ago, or need not.
  func admits(
    _ user: User, steppedUpAt: Timestamp?, at moment: Timestamp, on connection: inout Connection
  ) throws -> Bool {
    let validity = Schedule(longestPauseSeconds: SecondFactorDesk.validSeconds)
    if let steppedUpAt, !validity.isOver(since: steppedUpAt, at: moment) { return true }
    if rules.requiresSecondFactor, user.role >= .operator { return false }
    return try !secondFactor.state(of: user.id, in: &connection).isEnrolled
  }
}
