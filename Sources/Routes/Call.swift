import Accounts
import Database
import HTTP
import HTTPTypes
import Pages
import Vocabulary

/// One request on its way through a route.
struct Call {
  let request: Request
  let site: Site
  let parameters: PathParameters?

  static let languageCookie = "coinpay_lang"

  init(request: Request, parameters: PathParameters?, site: Site) {
    self.request = request
    self.parameters = parameters
    self.site = site
  }

  /// Chosen by the reader's cookie, else by `Accept-Language`, else Chinese.
  var language: Language {
    if let chosen = request.cookies[Call.languageCookie].flatMap(Language.init) { return chosen }
    let tag = AcceptLanguage(request.headers[.acceptLanguage]).choose(
      among: Language.allCases.map(\.rawValue), default: Language.standard.rawValue)
    return Language(rawValue: tag) ?? Language.standard
  }

  /// The address that was asked for, to come back to after signing in.
  var pathAndQuery: String {
    let fields = request.query.fields
    return fields.isEmpty
      ? request.path : request.path + "?" + PercentCoding.encodeForm(fields)
  }

  /// The signed-in user, or nil.
  func user(_ connection: inout Connection) throws(DatabaseError) -> User? {
    guard let token = request.cookies[SignInSession.cookieName] else { return nil }
    return try site.accounts.user(token: token, on: &connection)
  }

  /// The signed-in user.
  /// - Throws: LOGIN_REQUIRED.
  func requireUser(_ connection: inout Connection) throws -> User {
    guard let user = try user(&connection) else { throw RouteError(.loginRequired) }
    return user
  }

  /// The order number in the path.
  /// - Throws: ORDER_NOT_FOUND when it is none.
  func orderNumber() throws(RouteError) -> OrderNumber {
    guard let number = parameters?["order_no"].flatMap({ (text: String) in OrderNumber(text) })
    else {
      throw RouteError(.orderNotFound)
    }
    return number
  }

  func chrome(_ user: User?) -> Chrome {
    Chrome(
      language: language, path: request.path, username: user?.username,
      isDevelopment: site.facts.isDevelopment, notice: notice)
  }
}

/// A refusal that the client is told as it is.
struct RouteError: Error {
  let code: ErrorCode
  var retryAfterSeconds: Int64?
  /// With PAYMENT_METHOD_UNAVAILABLE: the methods that do work.
  var availableMethods: [PaymentMethod]?
  /// In the reader's language, in place of the code's own message.
  var message: String?

  init(
    _ code: ErrorCode, retryAfterSeconds: Int64? = nil, availableMethods: [PaymentMethod]? = nil,
    message: String? = nil
  ) {
    self.code = code
    self.retryAfterSeconds = retryAfterSeconds
    self.availableMethods = availableMethods
    self.message = message
  }
}
