import Accounts
import Crypto
import Database
import HTTP
import HTTPTypes
import Orders
import Pages
import Payments
import Vocabulary

/// Making, paying, watching and giving up orders.
enum OrderRoutes {
  private struct CreateBody: Decodable {
    let packageId: OutsideNumber
    let paymentMethod: String

    enum CodingKeys: String, CodingKey {
      case packageId = "package_id"
      case paymentMethod = "payment_method"
    }
  }

  private struct PayBody: Decodable {
    let paymentMethod: String

    enum CodingKeys: String, CodingKey {
      case paymentMethod = "payment_method"
    }
  }

  /// `POST /api/coin/order`
  static func create(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let body = try call.decode(CreateBody.self)
    let method = try call.method(named: body.paymentMethod)
    guard let packageID = body.packageId.identifier else { throw RouteError(.packageNotFound) }
    let outcome = try call.site.checkout.create(
      PurchaseRequest(
        buyer: call.buyer(user), packageID: PackageID(packageID), method: method,
        idempotency: try idempotency(call, "order|\(packageID)|\(method)")), on: &connection)
    return try response(to: outcome, method, call)
  }

  /// `POST /api/coin/order/{order_no}/pay`
  static func payAgain(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let number = try call.orderNumber()
    let method = try call.method(named: try call.decode(PayBody.self).paymentMethod)
    let outcome = try call.site.checkout.payAgain(
      PayAgainRequest(
        buyer: call.buyer(user), orderNumber: number, method: method), on: &connection)
    return try response(to: outcome, method, call)
  }

  /// `POST /api/coin/order/{order_no}/cancel`
  static func cancel(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    return .success(
      OrderAnswer(try cancel(try call.orderNumber(), of: user, call, &connection), call))
  }

  static func cancel(
    _ number: OrderNumber, of user: User, _ call: Call, _ connection: inout Connection
  ) throws -> CoinOrder {
    switch try call.site.checkout.cancel(number, of: user.id, on: &connection) {
    case .cancelled(let order): return order
    case .orderNotFound: throw RouteError(.orderNotFound)
    case .notCancellable: throw RouteError(.conflict)
    case .limitReached(let limit): throw RouteError(limit)
    }
  }

  /// `GET /api/coin/order/status/{order_no}`
  static func status(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    guard let order = try CoinOrder.find(call.orderNumber(), of: user.id, in: &connection) else {
      throw RouteError(.orderNotFound)
    }
    if order.status(at: call.site.clock.now()) == .pending {
      try call.site.checkout.watch(order, on: &connection)
    }
    return .success(try StatusAnswer(order, call, &connection))
  }

  /// `POST /api/coin/order/{order_no}/check`: asks the provider at once, then answers as `status` does.
  static func check(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let order = try askNow(try call.orderNumber(), of: user, call, &connection)
    return .success(try StatusAnswer(order, call, &connection))
  }

  /// Asks the provider about an order that is not settled.
  /// - Returns: the order as it is afterwards.
  static func askNow(
    _ number: OrderNumber, of user: User, _ call: Call, _ connection: inout Connection
  ) throws -> CoinOrder {
    guard let order = try CoinOrder.find(number, of: user.id, in: &connection) else {
      throw RouteError(.orderNotFound)
    }
    guard !order.storedStatus.wasCredited else { return order }
    try call.site.checkout.askNow(order, on: &connection)
    return try CoinOrder.find(number, of: user.id, in: &connection) ?? order
  }

  private static func response(
    to outcome: CheckoutOutcome, _ method: PaymentMethod, _ call: Call
  ) throws -> Response {
    .success(CheckoutAnswer(try checkout(of: outcome, method, call), call))
  }

  /// - Throws: what a buyer is told instead.
  static func checkout(
    of outcome: CheckoutOutcome, _ method: PaymentMethod, _ call: Call
  ) throws(RouteError) -> OrderCheckout {
    switch outcome {
    case .ready(let checkout): return checkout
    case .packageNotFound: throw RouteError(.packageNotFound)
    case .orderNotFound: throw RouteError(.orderNotFound)
    case .methodNotOffered: throw RouteError(.invalidPaymentMethod)
    case .notPricedForMethod: throw RouteError(.packageNotForMethod)
    case .limitReached(let limit): throw RouteError(limit)
    case .keyReused, .notPayable: throw RouteError(.conflict)
    case .ordersPaused: throw call.pausedError(.ordersPaused)
    case .beingMade:
      throw RouteError(.paymentBeingMade, retryAfterSeconds: beingMadeRetryAfterSeconds)
    case .methodUnavailable:
      throw RouteError(
        .paymentMethodUnavailable, retryAfterSeconds: methodRetryAfterSeconds,
        availableMethods: call.site.checkout.alternatives(to: method))
    }
  }

  private static let methodRetryAfterSeconds: Int64 = 10
  private static let beingMadeRetryAfterSeconds: Int64 = 2

  private static func idempotency(
    _ call: Call, _ request: String
  ) throws(RouteError) -> NewCoinOrder.Idempotency? {
    guard let key = call.request.headers[.idempotencyKey] else { return nil }
    guard
      let idempotency = NewCoinOrder.Idempotency(
        key: key, requestHash: SHA256.digest(Array(request.utf8)))
    else { throw RouteError(.invalidParameters) }
    return idempotency
  }
}
