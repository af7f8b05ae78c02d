import Accounts
import Controls
import Crypto
import Database
import HTTP
import HTTPTypes
import LogLines
import Logging
import Orders
import Pages
import Payments
import Vocabulary

/// The forms of the pages, which need no script. Each ends in a redirect to the page that shows what
/// came of it, so that reloading repeats nothing.
enum FormRoutes {
  /// `POST /coin/order`: `package_id`, `payment_method`, and the `key` of the page, which makes a double
  /// click one order.
  static func order(_ call: Call, _ connection: inout Connection) throws -> Response {
    let form = try call.form()
    guard let user = try call.user(&connection) else { return signIn(backTo: "/coin") }
    return try answering(backTo: "/coin") {
      guard let packageID = form["package_id"].flatMap({ OutsideNumber($0)?.identifier }),
        let key = form["key"],
        let methodName = form["payment_method"]
      else { throw RouteError(.invalidParameters) }
      let wish = "form|\(key)|\(packageID)|\(methodName)"
      guard
        let idempotency = NewCoinOrder.Idempotency(
          key: Hex.encode(SHA256.digest(Array(wish.utf8))),
          requestHash: SHA256.digest(Array(wish.utf8)))
      else { throw RouteError(.invalidParameters) }
      let method = try call.method(named: methodName)
      let outcome = try call.site.checkout.create(
        PurchaseRequest(
          buyer: call.buyer(user), packageID: PackageID(packageID), method: method,
          idempotency: idempotency), on: &connection)
      let checkout = try OrderRoutes.checkout(of: outcome, method, call)
      return payPage(checkout.order.number)
    }
  }

  /// `POST /coin/pay/{order_no}`: `action` is `pay` or `renew` (with `payment_method`), `check` or `cancel`.
  static func pay(_ call: Call, _ connection: inout Connection) throws -> Response {
    let form = try call.form()
    let number = try call.orderNumber()
    guard let user = try call.user(&connection) else {
      return signIn(backTo: payPage(number))
    }
    return try answering(backTo: payPage(number)) {
      switch form["action"] {
      case "pay", "renew":
        try refuseWhileReadOnly(call)
        let method = try call.method(named: form["payment_method"] ?? "")
        let outcome = try call.site.checkout.payAgain(
          PayAgainRequest(
            buyer: call.buyer(user), orderNumber: number, method: method), on: &connection)
        _ = try OrderRoutes.checkout(of: outcome, method, call)
        return form["action"] == "renew" ? done(.renewed, payPage(number)) : payPage(number)
      case "check":
        _ = try OrderRoutes.askNow(number, of: user, call, &connection)
        return done(.checked, payPage(number))
      case "cancel":
        try refuseWhileReadOnly(call)
        _ = try OrderRoutes.cancel(number, of: user, call, &connection)
        return payPage(number)
      default: throw RouteError(.invalidParameters)
      }
    }
  }

  /// `POST /coin/account`: `action` is `password` (with `current` and `new`) or `sessions`; `session` names
  /// one session to end. The password is asked for, as `current`, unless it was given not long ago.
  static func account(_ call: Call, _ connection: inout Connection) throws -> Response {
    let form = try call.form()
    guard let token = call.sessionToken,
      let session = try call.site.accounts.session(token: token, on: &connection)
    else { return signIn(backTo: accountPage) }
    var renewed: String?
    let response = try answering(backTo: accountPage) {
      if form["action"] == "password" {
        try refuseWhileReadOnly(call)
        renewed = try changePassword(form, of: session.user, keeping: token, call, &connection)
        return done(.password, accountPage)
      }
      if !session.isFresh(at: call.site.clock.now()) {
        guard let current = form["current"], !current.isEmpty else {
          throw RouteError(.passwordNeeded)
        }
        renewed = try SessionRoutes.prove(session.user, current, call, &connection)
      }
      return try endSessions(form, of: session.user, keeping: renewed ?? token, call, &connection)
    }
    return try renewed.map { try call.keepingSession($0, response) } ?? response
  }

  private static let accountPage = "/coin/account"

  private static func endSessions(
    _ form: FormBody, of user: User, keeping token: String, _ call: Call,
    _ connection: inout Connection
  ) throws -> String {
    let accounts = call.site.accounts
    if let name = form["session"], form["action"] == nil {
      _ = try accounts.endSession(named: name, of: user.id, on: &connection)
      return done(.session, accountPage)
    }
    guard form["action"] == "sessions" else { throw RouteError(.invalidParameters) }
    try accounts.endOtherSessions(of: user.id, keeping: token, on: &connection)
    return done(.sessions, accountPage)
  }

  /// - Returns: the session's new token.
  private static func changePassword(
    _ form: FormBody, of user: User, keeping token: String, _ call: Call,
    _ connection: inout Connection
  ) throws -> String {
    guard let current = form["current"], let text = form["new"], let name = Username(user.username)
    else { throw RouteError(.invalidPassword) }
    let new = try AccountRoutes.newPassword(text, of: name, role: user.role)
    let outcome = try call.site.accounts.changePassword(
      of: user, from: Secret(current), to: new, keeping: token,
      visitor: call.visitor, on: &connection)
    switch outcome {
    case .changed(let renewed):
      call.site.logger.write(.notice, "password changed", [.user: "\(user.id)"])
      return renewed
    case .busy: throw RouteError.busy
    case .wrongPassword: throw RouteError(.wrongPassword)
    case .limited(let seconds): throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    }
  }

  static func refuseWhileReadOnly(_ call: Call) throws(RouteError) {
    if call.mode == .readOnly { throw call.pausedError(.readOnly) }
  }

  private static func payPage(_ number: OrderNumber) -> String { "/coin/pay/\(number)" }

  private static func done(_ done: PageMessage.Done, _ path: String) -> String {
    "\(path)?done=\(done.rawValue)"
  }

  private static func signIn(backTo path: String) -> Response {
    .redirect(to: "/login?next=" + PercentCoding.encode(path))
  }

  /// Goes where the work says; a refusal is told on the page that the form was on.
  private static func answering(
    backTo path: String, _ work: () throws -> String
  ) throws -> Response {
    do {
      return .redirect(to: try work())
    } catch let error as RouteError {
      if error.code == .orderNotFound { throw error }
      return .redirect(to: "\(path)?error=\(error.code.rawValue)")
    }
  }
}
