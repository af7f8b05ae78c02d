public import Accounts
import Crypto
public import Database
public import HTTP
public import HTTPTypes
import LogLines
public import Logging
public import Pages
public import Payments
public import Vocabulary

/// Everything that answering a request needs and that all workers share. It never changes.
public struct Site: Sendable {
  public struct Facts: Sendable {
    /// `https://shop.example`, without a slash at the end.
    public let baseURL: String
    public let isDevelopment: Bool

    public init(baseURL: String, isDevelopment: Bool) {
      self.baseURL = baseURL
      self.isDevelopment = isDevelopment
    }
  }

  public let facts: Facts
  let cookies: SiteCookies
  public let accounts: AccountDesk
  let emails: EmailDesk
  public let checkout: Checkout
  public let settlements: SettlementQueue
  let renderer: PageRenderer
  /// The payment methods as people see them.
  public var faces: MethodFaces { renderer.faces }
  let probes: ProbeSeal
  public let clock: WallClock
  public let zone: TimeZoneOffset
  public let logger: Logger
  let refusals = RefusalCounter()
  /// Whether the database has the schema of this binary.
  let isSchemaCurrent: @Sendable (inout Connection) throws(DatabaseError) -> Bool
  /// Figures for monitoring, in Prometheus' text format.
  let metrics: @Sendable (inout Connection) -> String

  /// The error page of a room above this one; nil where none of them has its own.
  public typealias ErrorPage =
    @Sendable (RouteError, Call, inout Connection) throws -> Response?

  private let furtherErrorPage: ErrorPage
  private let web: Router<Endpoint>
  private let webhook: Router<Endpoint>

  /// - Parameter furtherRoutes: of rooms above this one, answered by the web pool.
  /// - Throws: when two routes are the same, which no release is.
  public init(
    facts: Facts, accounts: AccountDesk, emails: EmailDesk, checkout: Checkout,
    settlements: SettlementQueue, renderer: PageRenderer, probes: ProbeSeal, clock: WallClock,
    zone: TimeZoneOffset,
    logger: Logger, furtherRoutes: [Route<Endpoint>] = [],
    furtherErrorPage: @escaping ErrorPage = { _, _, _ in nil },
    isSchemaCurrent: @escaping @Sendable (inout Connection) throws(DatabaseError) -> Bool,
    metrics: @escaping @Sendable (inout Connection) -> String
  ) throws(RouterError) {
    self.facts = facts
    cookies = SiteCookies(baseURL: facts.baseURL)
    self.accounts = accounts
    self.emails = emails
    self.checkout = checkout
    self.settlements = settlements
    self.renderer = renderer
    self.probes = probes
    self.clock = clock
    self.zone = zone
    self.logger = logger
    self.isSchemaCurrent = isSchemaCurrent
    self.metrics = metrics
    self.furtherErrorPage = furtherErrorPage
    web = try Router(RouteTable.web(isDevelopment: facts.isDevelopment) + furtherRoutes)
    webhook = try Router(RouteTable.webhook())
  }

  /// Largest body of the route of the web pool that a method and a path lead to, in bytes; nil where there is none.
  public func webBodyBytesMax(_ method: HTTPRequest.Method, _ path: String) -> Int? {
    bodyBytesMax(method, path, web)
  }

  /// The same for the webhook pool.
  public func webhookBodyBytesMax(_ method: HTTPRequest.Method, _ path: String) -> Int? {
    bodyBytesMax(method, path, webhook)
  }

  private func bodyBytesMax(
    _ method: HTTPRequest.Method, _ path: String, _ router: Router<Endpoint>
  ) -> Int? {
    guard case .found(let endpoint, _, _) = router.match(method, path) else { return nil }
    return endpoint.bodyBytesMax
  }

  /// Answers a request of the web pool.
  public func answerWeb(_ request: Request, on connection: inout Connection) -> Response {
    answer(request, web, on: &connection)
  }

  /// Answers a request of the webhook pool.
  public func answerWebhook(_ request: Request, on connection: inout Connection) -> Response {
    answer(request, webhook, on: &connection)
  }

  private func answer(
    _ request: Request, _ router: Router<Endpoint>, on connection: inout Connection
  ) -> Response {
    let start = ContinuousClock.now
    let match = router.match(request.method, request.path)
    var (parameters, route): (PathParameters?, String?)
    if case .found(_, let found, let name) = match { (parameters, route) = (found, name) }
    let call = Call(request: request, parameters: parameters, site: self)
    let response = answer(call, match, on: &connection)
    RouteMeters.request(
      request.method, route: route, status: response.status, duration: .now - start)
    return response
  }

  private func answer(
    _ call: Call, _ match: Router<Endpoint>.Match, on connection: inout Connection
  ) -> Response {
    let request = call.request
    do {
      switch match {
      case .found(let endpoint, _, _):
        try endpoint.guardCall(call)
        return try CallScope.$requestID.withValue(request.requestID) {
          try endpoint.handle(call, &connection)
        }
      case .notFound: throw RouteError(.notFound)
      case .methodNotAllowed(let allowed):
        return errorResponse(RouteError(.methodNotAllowed), call, on: &connection)
          .adding(.allow, allowed.map(\.rawValue).joined(separator: ", "))
      }
    } catch let error as RouteError {
      noteForbidden(error, call)
      return errorResponse(error, call, on: &connection)
    } catch let error as DatabaseError {
      return databaseTrouble(error, call)
    } catch {
      logger.write(
        .error, "request failed",
        [.requestID: "\(request.requestID)", .error: "\(error)"])
      return errorResponse(RouteError(.internal), call)
    }
  }

  /// Whoever reaches for what is not theirs leaves a trace.
  private func noteForbidden(_ error: RouteError, _ call: Call) {
    guard error.code == .forbidden else { return }
    logger.write(
      .notice, "not allowed",
      [
        .requestID: "\(call.request.requestID)", .method: "\(call.request.method.rawValue)",
        .address: "\(call.request.remoteAddress)",
      ])
  }

  private func databaseTrouble(_ error: DatabaseError, _ call: Call) -> Response {
    logger.write(
      .error, "the database failed a request",
      [.requestID: "\(call.request.requestID)", .error: "\(error)"])
    switch error.kind {
    case .connectionLost, .outcomeUnknown, .deadlock, .lockTimeout, .transactionGone, .storageFull:
      return errorResponse(
        RouteError(.overloaded, retryAfterSeconds: Site.retryAfterSeconds), call)
    case .duplicateKey, .statement: return errorResponse(RouteError(.internal), call)
    }
  }

  /// When a client may try again after the database was in trouble.
  static let retryAfterSeconds: Int64 = 2

  /// A refusal as a page keeps its reader's navigation. Trouble meanwhile only leaves that out.
  private func errorResponse(
    _ error: RouteError, _ call: Call, on connection: inout Connection
  ) -> Response {
    guard !call.request.path.hasPrefix("/api/") else { return errorResponse(error, call) }
    do {
      if let page = try furtherErrorPage(error, call, &connection) { return page }
      return errorResponse(error, call, reader: try call.user(&connection))
    } catch {
      logger.write(
        .error, "the reader of an error page is not known",
        [.requestID: "\(call.request.requestID)", .error: "\(error)"])
    }
    return errorResponse(error, call)
  }

  private func errorResponse(
    _ error: RouteError, _ call: Call, reader: User? = nil
  ) -> Response {
    let status = HTTPResponse.Status(code: error.code.status)
    var response: Response
    if call.request.path.hasPrefix("/api/") {
      response = .json(ErrorAnswer(error, call), status: status)
    } else {
      response = .html(
        renderer.error(error.code, requestID: call.request.requestID, call.chrome(reader)),
        status: status)
    }
    if let seconds = error.retryAfterSeconds {
      response = response.adding(.retryAfter, String(seconds))
    }
    return response
  }
}
