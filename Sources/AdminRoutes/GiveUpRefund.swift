import Accounts
import AdminPages
import Audit
import Database
import HTTP
import Pages
import Payments
import Routes

/// An operator gives a refund up that the provider does not know.
enum GiveUpRefund {
  private struct Body: Decodable {
    let refundNo: String
    let reason: String

    enum CodingKeys: String, CodingKey {
      case reason
      case refundNo = "refund_no"
    }
  }

  /// `POST /api/admin/orders/{order_no}/give-up-refund`
  static func giveUp(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(Body.self)
    let answer = try admin.console.caretaker.giveUp(
      refund: body.refundNo, of: try admin.order(&connection),
      by: try admin.operation(body.reason), on: &connection)
    switch answer {
    case .givenUp: return .success(Done(notice: admin.say(.refundGivenUp)))
    case .refundNotFound: throw RouteError(.notFound)
    case .notOpen: throw RouteError(.conflict, message: admin.say(.refundOver))
    case .busy(let seconds):
      throw RouteError(
        .conflict, retryAfterSeconds: seconds, message: admin.say(.refundBusy))
    case .known: throw RouteError(.conflict, message: admin.say(.refundKnown))
    case .unclear(let cause):
      throw RouteError(
        .conflict, message: admin.say(.refundUnclear, admin.language.cause("\(cause)")))
    case .notConfigured: throw RouteError(.conflict, message: admin.say(.notConfigured))
    case .stopped: throw admin.stopped
    }
  }
}
