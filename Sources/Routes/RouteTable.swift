import HTTP
import HTTPTypes

/// Every address that the worker answers.
enum RouteTable {
  static func web(isDevelopment: Bool) -> Router<Route> {
    var router = Router<Route>()
    addPages(&router)
    addAccounts(&router)
    addOrders(&router)
    router.on(.get, "/healthz", Route(.none, HealthRoutes.healthz))
    router.on(.get, "/readyz", Route(.none, HealthRoutes.readyz))
    if isDevelopment {
      router.on(
        .post, "/api/payment/mock/{result}/{id}", Route(.sameOriginJSON, MockRoute.settle))
    }
    return router
  }

  static func webhook() -> Router<Route> {
    var router = Router<Route>()
    for path in ["/api/payment/webhook/{provider}", "/api/payment/{provider}/notify"] {
      router.on(.post, path, Route(.none, WebhookRoute.receive))
    }
    router.on(.get, "/healthz", Route(.none, HealthRoutes.healthz))
    return router
  }

  private static func addPages(_ router: inout Router<Route>) {
    router.on(.get, "/", Route(.none) { _, _ in .redirect(to: "/coin") })
    router.on(.get, "/coin", Route(.none, CoinPages.coin))
    router.on(.get, "/coin/orders", Route(.none, CoinPages.orders))
    router.on(.get, "/coin/transactions", Route(.none, CoinPages.transactions))
    router.on(.get, "/coin/pay/{order_no}", Route(.none, PayPages.pay))
    router.on(.get, "/payment/success", Route(.none, PayPages.success))
    router.on(.get, "/login", Route(.none, AccountRoutes.signInPage))
    router.on(.get, "/register", Route(.none, AccountRoutes.registerPage))
    router.on(.get, "/logout", Route(.none) { _, _ in .redirect(to: "/coin") })
  }

  private static func addAccounts(_ router: inout Router<Route>) {
    router.on(.post, "/api/auth/login", Route(.sameOriginJSON, AccountRoutes.signIn))
    router.on(.post, "/api/auth/register", Route(.sameOriginJSON, AccountRoutes.register))
    router.on(.post, "/api/auth/logout", Route(.sameOriginJSON, AccountRoutes.signOut))
    router.on(.get, "/api/auth/me", Route(.none, AccountRoutes.me))
  }

  private static func addOrders(_ router: inout Router<Route>) {
    router.on(.get, "/api/coin/info", Route(.none, CoinRoutes.info))
    router.on(.get, "/api/coin/packages", Route(.none, CoinRoutes.packages))
    router.on(.get, "/api/coin/orders", Route(.none, CoinRoutes.orders))
    router.on(.get, "/api/coin/transactions", Route(.none, CoinRoutes.transactions))
    router.on(.get, "/api/payment/methods", Route(.none, CoinRoutes.methods))
    router.on(.post, "/api/coin/order", Route(.sameOriginJSON, OrderRoutes.create))
    router.on(.get, "/api/coin/order/status/{order_no}", Route(.none, OrderRoutes.status))
    router.on(
      .post, "/api/coin/order/{order_no}/pay", Route(.sameOriginJSON, OrderRoutes.payAgain))
    router.on(
      .post, "/api/coin/order/{order_no}/cancel", Route(.sameOriginJSON, OrderRoutes.cancel))
  }
}
