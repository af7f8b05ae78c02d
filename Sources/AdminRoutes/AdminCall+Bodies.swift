import Accounts
import AdminPages
import Audit
import Database
import HTTP
import Operators
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// The body of an action that needs nothing but a reason.
struct ReasonBody: Decodable {
  let reason: String
}

/// The answer of an action that has nothing more to say.
struct Done: Encodable {
  /// What a page tells after it was loaded again.
  var notice: String?
}

extension AdminCall {
  /// What is refused while operators have stopped settlement.
  var stopped: RouteError { RouteError(.conflict, message: say(.settlementStopped)) }

  /// The reader and a reason from the body of an action.
  /// - Throws: INVALID_PARAMETERS unless the reason says something and is not too long to be kept.
  func operation(_ reason: String) throws(RouteError) -> Operation {
    guard let operation = Operation(by: user.actor, reason: reason) else {
      throw RouteError(.invalidParameters, message: say(.reasonNeeded))
    }
    return operation
  }

  /// The reader and the reason in a body that needs nothing else.
  func operation() throws(RouteError) -> Operation {
    try operation(try call.decode(ReasonBody.self).reason)
  }

  /// A key that makes an action happen once.
  func checked(key: String) throws(RouteError) -> String {
    guard RequestKey.isValid(key) else { throw RouteError(.invalidParameters) }
    return key
  }

  /// The order that the path names.
  func order(_ connection: inout Connection) throws -> CoinOrder {
    guard let order = try CoinOrder.find(call.orderNumber(), in: &connection) else {
      throw RouteError(.orderNotFound)
    }
    return order
  }

  /// Writes down, with the reason in the body, what became of the matter whose number is in the path. One that
  /// is not there or not open is answered NOT_FOUND.
  func resolve(
    _ matter: (Int64) -> OpenMatter, _ connection: inout Connection
  ) throws -> Response {
    let operation = try operation()
    let matter = matter(try number())
    let isDone = try matter.resolve(by: operation, on: &connection, at: site.clock.now())
    guard isDone else { throw RouteError(.notFound) }
    return .success(Done())
  }

  /// The number in the path.
  func number() throws(RouteError) -> Int64 {
    guard let number = call.parameters?["id"].flatMap({ OutsideNumber($0)?.identifier }) else {
      throw RouteError(.notFound)
    }
    return number
  }

  func reasonField() -> ConsoleField { ConsoleField(.area, "reason", say(.reason)) }

  func keyField() throws -> ConsoleField { ConsoleField(.hidden, "key", value: try newKey()) }
}
