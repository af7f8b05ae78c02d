import Accounts
import Database
public import HTTP
import HTTPTypes
public import Pages
public import Vocabulary

/// One request on its way through a route.
public struct Call {
  public let request: Request
  public let site: Site
  public let parameters: PathParameters?

  init(request: Request, parameters: PathParameters?, site: Site) {
    self.request = request
    self.parameters = parameters
    self.site = site
  }

  /// Chosen by the reader's cookie, else by `Accept-Language`, else the standard one.
  public var language: Language {
    if let chosen = request.cookies[site.cookies.language].flatMap(Language.init(code:)) {
      return chosen
    }
    return Language(AcceptLanguage(request.headers[.acceptLanguage]))
  }

  /// The path that was asked for, as an address for links.
  public var ownPath: String { LocalPath.encoded(request.path) }

  /// The address that was asked for, to come back to after signing in.
  public var pathAndQuery: String {
    let fields = request.query.fields
    return fields.isEmpty
      ? request.path : request.path + "?" + PercentCoding.encodeForm(fields)
  }

  /// Where the address says to go on, only ever a path of this site: never `//host` or `/\host`.
  public func nextPage(standard: String) -> String {
    LocalPath.of(request.query["next"], standard: standard)
  }

  /// The signed-in user, or nil.
  func user(_ connection: inout Connection) throws(DatabaseError) -> User? {
    guard let token = sessionToken else { return nil }
    return try site.accounts.user(token: token, on: &connection)
  }

  /// The signed-in user, who gave the password or a code not long ago: for what changes how people sign in.
  /// - Throws: LOGIN_REQUIRED, PASSWORD_NEEDED.
  func requireFreshUser(_ connection: inout Connection) throws -> User {
    guard let token = sessionToken,
      let session = try site.accounts.session(token: token, on: &connection)
    else { throw RouteError(.loginRequired) }
    guard session.isFresh(at: site.clock.now()) else { throw RouteError(.passwordNeeded) }
    return session.user
  }

  /// The signed-in user.
  /// - Throws: LOGIN_REQUIRED.
  func requireUser(_ connection: inout Connection) throws -> User {
    guard let user = try user(&connection) else { throw RouteError(.loginRequired) }
    return user
  }

  /// The order number in the path.
  /// - Throws: ORDER_NOT_FOUND when it is none.
  public func orderNumber() throws(RouteError) -> OrderNumber {
    guard let number = parameters?["order_no"].flatMap({ (text: String) in OrderNumber(text) })
    else {
      throw RouteError(.orderNotFound)
    }
    return number
  }

  /// The body as a value.
  /// - Throws: UNSUPPORTED_MEDIA_TYPE, INVALID_PARAMETERS.
  public func decode<Body: Decodable>(_ type: Body.Type) throws(RouteError) -> Body {
    do throws(BodyError) {
      return try request.decodeJSON(type)
    } catch {
      switch error {
      case .unsupportedMediaType: throw RouteError(.unsupportedMediaType)
      case .malformed: throw RouteError(.invalidParameters)
      }
    }
  }

  /// - Parameters:
  ///   - formToken: where the browser gets its cookie with this answer.
  ///   - message: what to tell beside what the address names.
  func chrome(
    _ user: User?, formToken: String? = nil, message: PageMessage? = nil
  ) -> Chrome {
    Chrome(
      language: language, path: ownPath, username: user?.username,
      isDevelopment: site.facts.isDevelopment, notice: notice,
      formToken: formToken ?? self.formToken,
      zone: zoneName, message: message ?? namedMessage)
  }

  /// The zone in which pages write moments, as it is now: `UTC+08:00`.
  public var zoneName: String {
    let time = site.zone.rfc3339(site.clock.now())
    return time.hasSuffix("Z") ? "UTC" : "UTC" + time.suffix(6)
  }

  /// What the page before led here with: only words of ours, chosen by name.
  private var namedMessage: PageMessage? {
    if let code = request.query["error"].flatMap(ErrorCode.init) { return .failed(code) }
    return request.query["done"].flatMap(PageMessage.Done.init).map { .done($0) }
  }
}

/// A refusal that the client is told as it is.
public struct RouteError: Error {
  public let code: ErrorCode
  var retryAfterSeconds: Int64?
  /// With PAYMENT_METHOD_UNAVAILABLE: the methods that do work.
  var availableMethods: [PaymentMethod]?
  /// In the reader's language, in place of the code's own message.
  public var message: String?

  public init(
    _ code: ErrorCode, retryAfterSeconds: Int64? = nil, availableMethods: [PaymentMethod]? = nil,
    message: String? = nil
  ) {
    self.code = code
    self.retryAfterSeconds = retryAfterSeconds
    self.availableMethods = availableMethods
    self.message = message
  }
}
