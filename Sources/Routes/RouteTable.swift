import HTTP
import HTTPTypes
import Vocabulary

/// Every address that the worker answers.
enum RouteTable {
  typealias Row = Route<Endpoint>

  static func web(isDevelopment: Bool) -> [Row] {
    let health = [
      Row(.get, "/healthz", Endpoint(.none, HealthRoutes.healthz)),
      Row(.get, "/readyz", Endpoint(.none, HealthRoutes.readyz)),
      Row(.get, "/metrics", Endpoint(.none, HealthRoutes.metrics)),
    ]
    return pages + forms + accounts + orders + health + (isDevelopment ? [mock] : [])
  }

  static func webhook() -> [Row] {
    [
      Row(.post, "/api/payment/webhook/{provider}", notification),
      Row(.post, "/api/payment/{provider}/notify", notification),
      Row(.get, "/healthz", Endpoint(.none, HealthRoutes.healthz)),
      Row(.get, "/metrics/notifications", Endpoint(.none, HealthRoutes.metrics)),
    ]
  }

  private static let notification = Endpoint(
    .none, bodyBytesMax: Limits.notificationBytesMax, WebhookRoute.receive)

  private static let pages: [Row] = [
    Row(.get, "/", Endpoint(.none) { _, _ in .redirect(to: "/coin") }),
    Row(.get, "/coin", Endpoint(.none, CoinPages.coin)),
    Row(.get, "/coin/orders", Endpoint(.none, CoinPages.orders)),
    Row(.get, "/coin/transactions", Endpoint(.none, CoinPages.transactions)),
    Row(.get, "/coin/account", Endpoint(.none, OwnPages.account)),
    Row(.get, "/coin/orders/{order_no}/receipt", Endpoint(.none, OwnPages.receipt)),
    Row(.get, "/coin/pay/{order_no}", Endpoint(.none, PayPages.pay)),
    Row(.get, "/payment/success", Endpoint(.none, PayPages.success)),
    Row(.get, "/login", Endpoint(.none, AccountRoutes.signInPage)),
    Row(.get, "/register", Endpoint(.none, AccountRoutes.registerPage)),
    Row(.get, "/logout", Endpoint(.none) { _, _ in .redirect(to: "/coin") }),
  ]

  private static let forms: [Row] = [
    Row(.post, "/coin/order", Endpoint(.sameOriginForm, FormRoutes.order)),
    Row(.post, "/coin/pay/{order_no}", Endpoint(.sameOriginForm, FormRoutes.pay)),
    Row(.post, "/coin/account", Endpoint(.sameOriginForm, FormRoutes.account)),
    Row(.post, "/login", Endpoint(.sameOriginForm, AccountRoutes.signInForm)),
    Row(.post, "/register", Endpoint(.sameOriginForm, AccountRoutes.registerForm)),
    Row(.post, "/logout", Endpoint(.sameOriginForm, AccountRoutes.signOutForm)),
  ]

  private static let accounts: [Row] = [
    Row(.post, "/api/auth/login", Endpoint(.sameOriginJSON, AccountRoutes.signIn)),
    Row(.post, "/api/auth/register", Endpoint(.userChange, AccountRoutes.register)),
    Row(.post, "/api/auth/logout", Endpoint(.sameOriginJSON, AccountRoutes.signOut)),
    Row(.get, "/api/auth/me", Endpoint(.none, AccountRoutes.me)),
    Row(.get, "/api/auth/sessions", Endpoint(.none, SessionRoutes.list)),
    Row(.delete, "/api/auth/sessions/{name}", Endpoint(.sameOriginJSON, SessionRoutes.end)),
    Row(.post, "/api/auth/confirm", Endpoint(.sameOriginJSON, SessionRoutes.confirm)),
    Row(.put, "/api/auth/email", Endpoint(.userChange, PersonalRoutes.setEmail)),
    Row(.delete, "/api/auth/email", Endpoint(.userChange, PersonalRoutes.removeEmail)),
    Row(.get, "/api/auth/export", Endpoint(.none, PersonalRoutes.export)),
  ]

  private static let orders: [Row] = [
    Row(.get, "/api/coin/info", Endpoint(.none, CoinRoutes.info)),
    Row(.get, "/api/coin/packages", Endpoint(.none, CoinRoutes.packages)),
    Row(.get, "/api/coin/orders", Endpoint(.none, CoinRoutes.orders)),
    Row(.get, "/api/coin/transactions", Endpoint(.none, CoinRoutes.transactions)),
    Row(.get, "/api/payment/methods", Endpoint(.none, CoinRoutes.methods)),
    Row(.post, "/api/coin/order", Endpoint(.sameOriginJSON, OrderRoutes.create)),
    Row(.get, "/api/coin/order/status/{order_no}", Endpoint(.none, OrderRoutes.status)),
    Row(.get, "/api/coin/order/{order_no}/qr.svg", Endpoint(.none, QRRoute.picture)),
    Row(.post, "/api/coin/order/{order_no}/pay", Endpoint(.userChange, OrderRoutes.payAgain)),
    Row(.post, "/api/coin/order/{order_no}/check", Endpoint(.sameOriginJSON, OrderRoutes.check)),
    Row(.post, "/api/coin/order/{order_no}/cancel", Endpoint(.userChange, OrderRoutes.cancel)),
  ]

  private static let mock = Row(
    .post, "/api/payment/mock/{result}/{id}", Endpoint(.sameOriginJSON, MockRoute.settle))
}
