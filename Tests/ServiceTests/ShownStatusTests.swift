import Database
import HTTPTypes
import Orders
import Testing
import Vocabulary

@testable import Service

/// An order whose time is over is expired for every reader, before a background job writes that down.
@Suite struct ShownStatusTests {
  /// A site on which the demo account has an order whose time is over and one that can be paid.
  private static func site() throws -> (site: SiteTester, over: String, open: String) {
    let site = try SiteTester()
    try site.signIn("demo", password: "demo-password")
    let over = try order(site)
    let open = try order(site)
    _ = try site.connection.execute(
      "UPDATE coin_orders SET expires_at = \(SystemTime.now()) WHERE order_no = \(over)")
    return (site, over, open)
  }

  private static func order(_ site: SiteTester) throws -> String {
    let body = #"{"package_id":1,"payment_method":"MOCK"}"#
    let answer = site.send(.post, "/api/coin/order", json: body)
    return try #require(answer.member("order_no"), "\(answer.text)")
  }

  /// The state that stands with an order in JSON whose members are sorted, not the one of a payment within it.
  private static func status(of number: String, in text: String) -> String? {
    let plain = text.filter { !$0.isWhitespace }
    guard let order = plain.firstRange(of: #""order_no":"\#(number)""#) else { return nil }
    var depth = 0
    for index in plain.indices[order.upperBound...] {
      switch plain[index] {
      case "[", "{": depth += 1
      case "]", "}": depth -= 1
      default: break
      }
      let mark = #""status":""#
      if depth == 0, plain[index...].hasPrefix(mark) {
        return String(plain[index...].dropFirst(mark.count).prefix { $0 != "\"" })
      }
    }
    return nil
  }

  @Test func `the owner's lists, answers and export say expired`() throws {
    let (site, over, open) = try Self.site()
    for address in ["/api/coin/orders", "/api/auth/export"] {
      let text = site.send(.get, address).text
      #expect(Self.status(of: over, in: text) == "EXPIRED", "\(address): \(text)")
      #expect(Self.status(of: open, in: text) == "PENDING", "\(address): \(text)")
    }
    #expect(site.send(.get, "/api/coin/order/status/\(over)").member("status") == "EXPIRED")
    let pending = site.send(.get, "/coin/orders?status=PENDING").text
    #expect(pending.contains(open) && !pending.contains(over))
    let expired = site.send(.get, "/coin/orders?status=EXPIRED").text
    #expect(expired.contains(over) && !expired.contains(open))
  }

  @Test func `the console's lists and documents say expired, and their filters agree`() throws {
    let (site, over, open) = try Self.site()
    try site.signIn("admin", password: "admin-password")
    for address in ["orders", "users/demo", "orders/\(over)", "orders?status=EXPIRED"] {
      let text = site.send(.get, "/api/admin/\(address)").text
      #expect(Self.status(of: over, in: text) == "EXPIRED", "\(address): \(text)")
    }
    for prefix in ["/api/admin", "/admin"] {
      let pending = site.send(.get, "\(prefix)/orders?status=PENDING").text
      #expect(pending.contains(open) && !pending.contains(over), "\(pending)")
      let expired = site.send(.get, "\(prefix)/orders?status=EXPIRED").text
      #expect(expired.contains(over) && !expired.contains(open), "\(expired)")
    }
  }

  @Test func `commands say expired`() throws {
    let (site, over, open) = try Self.site()
    for command in ["order show \(over) --json", "user export demo"] {
      let answer = try site.command(command)
      #expect(Self.status(of: over, in: answer.text) == "EXPIRED", "\(command): \(answer.text)")
    }
    #expect(try site.command("order show \(over)").text.contains("EXPIRED"))
    let exported = try site.command("user export demo").text
    #expect(Self.status(of: open, in: exported) == "PENDING")
  }

  @Test func `all that have expired are found in parts, newest first, each once`() throws {
    let (site, _, _) = try Self.site()
    let user = UserID(1)
    for written in [true, false, true, false, true] {
      let number = try Self.order(site)
      let status = written ? OrderStatus.expired : .pending
      _ = try site.connection.execute(
        """
        UPDATE coin_orders SET expires_at = \(SystemTime.now()), status = \(status)
        WHERE order_no = \(number)
        """)
      // So many may wait for payment at once.
      _ = try site.connection.execute(
        "UPDATE coin_orders SET created_at = created_at - INTERVAL 2 DAY WHERE order_no = \(number)"
      )
    }
    var search = OrderSearch(now: SystemTime.now())
    search.userID = user
    let all = try search.run(limit: 50, in: &site.connection)
      .filter { $0.status(at: search.now) == .expired }
    #expect(all.count == 6)
    search.status = .expired
    var found: [CoinOrder] = []
    while true {
      let part = try search.run(limit: 2, in: &site.connection)
      found += part
      guard let last = part.last else { break }
      search.after = OrderSearch.Position(createdAt: last.createdAt, id: last.id)
    }
    #expect(found == all)
  }
}
