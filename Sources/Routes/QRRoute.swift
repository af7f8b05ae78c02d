import Accounts
import Database
import HTTP
import HTTPTypes
import Orders
import Pages
import Payments
import Provider
import QRCode
import Vocabulary

/// `GET /api/coin/order/{order_no}/qr.svg`: what the provider's app scans, for the order's owner only.
enum QRRoute {
  static func picture(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    guard let order = try CoinOrder.find(call.orderNumber(), of: user.id, in: &connection) else {
      throw RouteError(.orderNotFound)
    }
    let payment = try call.site.checkout.currentPayment(of: order, on: &connection)
    guard order.isPayable(at: call.site.clock.now()), let payment, payment.facts.isOpen,
      case .qrCode(let text) = call.site.checkout.presentation(of: payment),
      let svg = QRCode.svg(text)
    else { throw RouteError(.notFound) }
    return Response(
      status: .ok, headers: [.contentType: "image/svg+xml", .cacheControl: "no-store"],
      body: Array(svg.utf8))
  }
}
