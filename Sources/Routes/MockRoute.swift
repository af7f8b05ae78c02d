import Accounts
import Database
import HTTP
import Orders
import Pages
import Payments
import Vocabulary

/// Development: `POST /api/payment/mock/{success,failure}/{mock_payment_id}`.
enum MockRoute {
  static func settle(_ call: Call, _ connection: inout Connection) throws -> Response {
    guard let result = call.parameters?["result"], ["success", "failure"].contains(result),
      let id = call.parameters?["id"]
    else { throw RouteError(.notFound) }
    let user = try call.requireUser(&connection)
    let outcome = try call.site.checkout.payByMock(
      id, succeeds: result == "success", userID: user.id, on: &connection)
    switch outcome {
    case .settled(let number):
      guard let order = try CoinOrder.find(number, of: user.id, in: &connection) else {
        throw RouteError(.orderNotFound)
      }
      return .success(OrderAnswer(order, call))
    case .notFound: throw RouteError(.orderNotFound)
    case .notPayable: throw RouteError(.conflict)
    case .unavailable:
      throw RouteError(.overloaded, retryAfterSeconds: Site.retryAfterSeconds)
    }
  }
}
