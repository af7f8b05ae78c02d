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
      let payments = try Payment.list(of: order.id, in: &connection)
      let outlook = try call.site.checkout.outlook(of: order, on: &connection)
      let prices = try order.prices(in: &connection)
      let lookedAt = try call.site.checkout.lookedAt(payments, of: order, on: &connection)
      let shown = try CoinPages.orderView(order, packages, call, &connection)
      let view = view(order, shown, payments, lookedAt, outlook, prices, call)
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
        try CoinPages.orderView(order, packages, call, &connection), balance: balance,
        isLookedAt: try call.site.checkout.isLookedAt(order, on: &connection), call.chrome(user))
    }
  }

  private static func view(
    _ order: CoinOrder, _ shown: OrderView, _ payments: [Payment], _ lookedAt: Set<PaymentID>,
    _ outlook: PaymentOutlook, _ prices: [Money], _ call: Call
  ) -> PayView {
    let moment = call.site.clock.now()
    let isOpen = order.status(at: moment) == .pending
    let checkout = call.site.checkout
    let isReadOnly = call.mode == .readOnly
    let payment = Checkout.currentPayment(among: payments)
    let open = payments.filter(\.facts.isOpen)
    let isLookedAt = payment.map { lookedAt.contains($0.id) } ?? false
    let isPayable = order.isPayable(at: moment) && !isReadOnly
    // A method whose payment failed can be chosen again; the open one needs no button.
    let current = isOpen && !isLookedAt ? payment?.facts.provider : nil
    let offered = current.map(checkout.alternatives) ?? checkout.offeredMethods
    let pricesByMethod = self.prices(prices, by: offered, checkout.registry)
    let others = offered.filter { pricesByMethod[$0] != nil }
    return PayView(
      order: shown,
      action: isOpen && !isLookedAt ? action(payment, order, call) : .none,
      otherMethods: isPayable ? others : [],
      prices: pricesByMethod,
      unavailableMethods: checkout.unavailableMethods,
      earlierOpenMethods: isPayable
        ? open.filter { $0.id != payment?.id }.map(\.facts.provider) : [],
      secondsLeft: order.secondsLeft(at: moment),
      codeSecondsLeft: isOpen ? codeSecondsLeft(payment, order, at: moment) : nil,
      nextCheckSeconds: outlook.nextCheckSeconds(of: order, at: moment),
      hasOpenPayment: !open.isEmpty, canCancel: isOpen && !isReadOnly,
      failure: outlook.failure(of: order, at: moment),
      question: isOpen && !isReadOnly ? question(call, others) : nil,
      isLookedAt: !lookedAt.isEmpty,
      isPaidTwice: payments.contains { $0.facts.status == .duplicate },
      isInsideApp: call.isInsideApp(payingBy: order.paymentMethod))
  }

  /// What an order costs by each of the methods that it has a price for.
  private static func prices(
    _ prices: [Money], by methods: [PaymentMethod], _ registry: ProviderRegistry
  ) -> [PaymentMethod: Money] {
    methods.reduce(into: [:]) { byMethod, method in
      let currency = registry.currency(of: method)
      byMethod[method] = prices.first { $0.currency == currency }
    }
  }

  /// Until the code or address runs out, when that is before the order does.
  private static func codeSecondsLeft(
    _ payment: Payment?, _ order: CoinOrder, at moment: Timestamp
  ) -> Int64? {
    guard let payment, payment.facts.isOpen, let end = payment.presentationExpiresAt,
      end < order.expiresAt
    else { return nil }
    return moment.seconds(until: end)
  }

  /// What the address asks the reader to confirm.
  private static func question(_ call: Call, _ others: [PaymentMethod]) -> PayQuestion? {
    if call.request.query["ask"] == "cancel" { return .cancel }
    return call.request.query["switch"].flatMap(PaymentMethod.init).flatMap {
      others.contains($0) ? .switchMethod($0) : nil
    }
  }

  private static func action(_ payment: Payment?, _ order: CoinOrder, _ call: Call) -> PayAction {
    guard let payment, payment.facts.isOpen else { return .none }
    if call.site.checkout.hasStalePresentation(payment) { return .stale }
    switch call.site.checkout.presentation(of: payment) {
    case .redirect(let url): return .redirect(url: url)
    case .qrCode: return .qrCode(imageURL: "/api/coin/order/\(order.number)/qr.svg")
    case .paymentElement: return .paymentElement
    case .mock(let id): return .mock(id: id)
    // A card payment that has not begun is begun by the page's script.
    case nil:
      let beginsOnPage = call.site.faces[payment.facts.provider]?.beginsOnPage == true
      return beginsOnPage ? .paymentElement : .notStarted
    }
  }
}
