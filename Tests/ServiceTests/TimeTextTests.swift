import Database
import HTTPTypes
import Testing
import Vocabulary

@testable import Service

/// The same moment is the same text for every program that reads it.
@Suite struct TimeTextTests {
  private static func site() throws -> (site: SiteTester, number: String) {
    let site = try SiteTester(["COINPAY_TIME_ZONE": "Asia/Kathmandu"])
    try site.signIn("admin", password: "admin-password")
    let body = #"{"package_id":1,"payment_method":"MOCK"}"#
    let number = try #require(
      site.send(.post, "/api/coin/order", json: body).member("order_no"))
    _ = site.send(.post, "/api/payment/mock/success/\(number)", json: "{}")
    _ = site.send(.post, "/api/admin/orders/\(number)/query", json: "{}")
    return (site, number)
  }

  @Test func `an order's document is the same from the console and from the command`() throws {
    let (site, number) = try Self.site()
    let console = site.send(.get, "/api/admin/orders/\(number)").text
    let command = try site.command("order show \(number) --json").text
    let times = Self.times(in: console)
    #expect(times.count > 10 && times.allSatisfy { $0.hasSuffix("+05:45") }, "\(console)")
    #expect(Self.times(in: command) == times)
  }

  @Test func `lists, answers and exports write an order's time alike`() throws {
    let (site, number) = try Self.site()
    let order = try #require(Self.times(in: site.send(.get, "/api/admin/orders").text).first)
    #expect(order.hasSuffix("+05:45"))
    for address in ["/api/coin/orders", "/api/coin/order/status/\(number)", "/api/auth/export"] {
      #expect(Self.times(in: site.send(.get, address).text).contains(order), "\(address)")
    }
    #expect(Self.times(in: try site.command("user export admin").text).contains(order))
  }

  @Test func `a run of reconciliation is the same from the console and from the command`() throws {
    let (site, _) = try Self.site()
    let moment = SystemTime.now()
    _ = try site.connection.execute(
      """
      INSERT INTO reconciliation_runs (provider, book_day, state, started_at, ended_at, completed_at)
      VALUES ('ALIPAY', '2026-01-02', 'COMPLETE', \(moment), \(moment), \(moment))
      """)
    let console = Self.times(in: site.send(.get, "/api/admin/reconciliation").text)
    #expect(console.count == 2 && console.allSatisfy { $0.hasSuffix("+05:45") })
    #expect(Self.times(in: try site.command("reconcile list --json").text) == console)
  }

  @Test func `a purge tells its limit in the site's time zone`() throws {
    let (site, _) = try Self.site()
    let answer = try site.command("purge --dry-run --json")
    let times = Self.times(in: answer.text)
    #expect(times.count == 1 && times[0].hasSuffix("+05:45"), "\(answer.text)")
  }

  /// Every text that has the form of a moment, in their order.
  private static func times(in json: String) -> [String] {
    json.split(separator: "\"").map { String($0) }.filter { text in
      text.count >= 20 && Timestamp(rfc3339: text) != nil
    }
  }
}
