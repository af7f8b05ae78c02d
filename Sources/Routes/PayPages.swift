import Accounts
import Controls
import Database
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Provider
import Vocabulary

/// The page of one order, before and after it was paid.
enum PayPages {
  static func pay(_ call: Call, _ connection: inout Connection) throws -> Response {
    try CoinPages.page(call, &connection) { user, connection in
      let number = try call.orderNumber()
      guard let order = try CoinOrder.find(number, of: user.id, in: &connection) else {
        throw RouteError(.orderNotFound)
      }
      let packages = try CoinPackage.all(in: &connection)
      let payment = try call.site.checkout.currentPayment(of: order, on: &connection)
      let view = view(order, payment, packages, call)
      return call.site.renderer.pay(view, call.chrome(user))
    }
  }

  /// Shows what the tables say; what the browser brings along decides nothing.
  static func success(_ call: Call, _ connection: inout Connection) throws -> Response {
    try CoinPages.page(call, &connection) { user, connection in
      let named = call.request.query["order_no"].flatMap { (text: String) in OrderNumber(text) }
      let returned =
        try named
        ?? call.site.checkout.orderNumber(
          ofReturn: call.request.query, of: user.id, on: &connection)
      guard let number = returned,
        let order = try CoinOrder.find(number, of: user.id, in: &connection)
      else { throw RouteError(.orderNotFound) }
      let balance = try CoinAccount.of(user.id, in: &connection)?.balance ?? 0
      let packages = try CoinPackage.all(in: &connection)
      return call.site.renderer.success(
        CoinPages.orderView(order, packages, call), balance: balance, call.chrome(user))
    }
  }

  private static func view(
    _ order: CoinOrder, _ payment: Payment?, _ packages: [CoinPackage], _ call: Call
  ) -> PayView {
    let moment = call.site.clock.now()
    let status = order.status(at: moment)
    let isOpen = status == .pending
    let microsecondsLeft = order.expiresAt.microseconds - moment.microseconds
    // A method whose payment failed can be chosen again; the open one needs no button.
    let current = isOpen ? payment?.facts.provider : nil
    return PayView(
      order: CoinPages.orderView(order, packages, call),
      action: isOpen ? action(payment, order, call) : .none,
      otherMethods: order.isPayable(at: moment) && call.mode != .readOnly
        ? call.site.checkout.offeredMethods.filter { $0 != current } : [],
      secondsLeft: isOpen ? max(0, (microsecondsLeft + 999_999) / 1_000_000) : 0,
      canCancel: isOpen && call.mode != .readOnly)
  }

  private static func action(_ payment: Payment?, _ order: CoinOrder, _ call: Call) -> PayAction {
    guard let payment, payment.facts.isOpen else { return .none }
    switch call.site.checkout.presentation(of: payment) {
    case .redirect(let url): return .redirect(url: url)
    case .qrCode: return .qrCode(imageURL: "/api/coin/order/\(order.number)/qr.svg")
    case .paymentElement: return .paymentElement
    case .mock(let id): return .mock(id: id)
    // A card payment that has not begun is begun by the page's script.
    case nil: return payment.facts.provider == .stripe ? .paymentElement : .none
    }
  }
}
