import HTTP
import HTTPTypes
import Testing

@testable import AdminRoutes
@testable import Routes
@testable import Service

/// Every route of the site answers whom it is for.
@Suite struct RouteTests {
  private static func walk(_ steps: [RouteStep], _ site: SiteTester) {
    for step in steps {
      let answer = site.send(step.method, step.target, json: step.json)
      let text = answer.text + (answer.headers[.location] ?? "")
      #expect(answer.status == step.status, "\(step): \(text.prefix(300))")
      #expect(text.contains(step.says), "\(step) says \(text.prefix(300))")
    }
  }

  /// Orders the smallest package of the demo account.
  private static func order(_ site: SiteTester) throws -> String {
    let body = #"{"package_id":1,"payment_method":"MOCK"}"#
    let answer = site.send(.post, "/api/coin/order", json: body)
    return try #require(answer.member("order_no"), "\(answer.text)")
  }

  @Test func `a buyer and an administrator go through the whole site`() throws {
    let site = try SiteTester()
    Self.walk(BuyerWalk.asNobody, site)
    try site.signIn("demo", password: "demo-password")
    let paid = try Self.order(site)
    let open = try Self.order(site)
    let answer = site.send(.post, "/api/payment/mock/success/\(paid)", json: "{}")
    #expect(answer.status == 200 && answer.text.contains("PAID"), "\(answer.text)")
    Self.walk(BuyerWalk.asDemo(paid: paid, open: open), site)
    try site.signIn("admin", password: "admin-password")
    Self.walk(ConsoleWalk.asAdministrator(paid: paid, open: open), site)
  }

  /// What the forms of pages are for.
  private static let forms = [
    "/coin/order", "/coin/pay/{order_no}", "/coin/account", "/login", "/register", "/logout",
  ]

  /// Forms carry a token of the page that they are on.
  @Test func `every form does what its page offers`() throws {
    let site = try SiteTester()
    let registered = site.submit(
      "/register", on: "/register",
      [
        ("username", "newcomer"), ("password", "a long way home"),
        ("password_again", "a long way home"),
      ])
    #expect(registered.status == 303, "\(registered.text)")
    let signedOut = site.submit("/logout", on: "/coin", [])
    #expect(signedOut.status == 303 && site.send(.get, "/api/auth/me").status == 401)
    let signedIn = site.submit(
      "/login", on: "/login", [("username", "newcomer"), ("password", "a long way home")])
    #expect(signedIn.status == 303 && site.send(.get, "/api/auth/me").status == 200)
    let ordered = site.submit(
      "/coin/order", on: "/coin",
      [("package_id", "1"), ("payment_method", "MOCK"), ("key", "once")])
    let page = try #require(ordered.headers[.location], "\(ordered.text)")
    #expect(page.hasPrefix("/coin/pay/"))
    let again = site.submit(page, on: page, [("action", "cancel")])
    #expect(again.status == 303, "\(again.text)")
    let account = site.submit("/coin/account", on: "/coin/account", [("action", "sessions")])
    #expect(account.status == 303, "\(account.text)")
    let forged = site.submit("/coin/order", on: "/healthz", [("package_id", "1")])
    #expect(forged.status >= 400)
  }

  @Test func `there is a step for every route`() {
    let walks =
      BuyerWalk.asNobody + BuyerWalk.asDemo(paid: "", open: "")
      + ConsoleWalk.asAdministrator(paid: "", open: "")
    let walked = Set(
      walks.map { "\($0.method) \($0.pattern)" } + Self.forms.map { "POST \($0)" }
        + [
          "POST /api/coin/order", "POST /api/payment/mock/{result}/{id}",
          "DELETE /api/auth/sessions/{name}",
        ])
    let routes =
      (RouteTable.web(isDevelopment: true) + RouteTable.webhook()).map {
        "\($0.method) \($0.pattern)"
      } + AdminRouteTable.all.map { "\($0.method) \($0.pattern)" }
    #expect(Set(routes).subtracting(walked).sorted() == [])
  }
}
