import Database
import Kit
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Limits of a day count exactly the local day, however many hours it has.
@Suite struct LocalDayLimitTests {
  /// - Parameter start: where the clock stands at first.
  private static func shop(_ start: String, dailyOrdersMax: Int64 = 1) throws -> ShopFixture {
    let shop = try ShopFixture()
    let moment = try #require(Timestamp(rfc3339: start))
    shop.clock.advance(seconds: moment.unixSeconds - shop.clock.clock.now().unixSeconds)
    shop.checkout = shop.makeCheckout(zone: .newYork) { $0.dailyOrdersMax = dailyOrdersMax }
    return shop
  }

  private static func wait(_ shop: ShopFixture, until text: String) throws {
    let moment = try #require(Timestamp(rfc3339: text))
    shop.clock.advance(seconds: moment.unixSeconds - shop.clock.clock.now().unixSeconds)
  }

  private static func buyAndPay(_ shop: ShopFixture) throws {
    let checkout = try shop.buy(.wechat)
    _ = try shop.connection.execute(
      """
      UPDATE coin_orders SET status = 'PAID', paid_at = \(shop.clock.clock.now())
      WHERE id = \(checkout.order.id)
      """)
  }

  /// Until the limit lets go, in seconds; nil without a limit.
  private static func limit(_ shop: ShopFixture) throws -> Int64? {
    guard case .limitReached(.dailyOrders(max: 1, let untilSeconds)) = try shop.create(.wechat)
    else { return nil }
    return untilSeconds
  }

  @Test func `what was paid in the first hour of a day of 25 hours counts until its last`() throws {
    let shop = try Self.shop("2026-11-01T00:30:00-04:00")
    try Self.buyAndPay(shop)
    #expect(try Self.limit(shop) == 24 * 3_600 + 1_800)
    try Self.wait(shop, until: "2026-11-01T23:30:00-05:00")
    #expect(try Self.limit(shop) == 1_800)
    try Self.wait(shop, until: "2026-11-02T00:00:00-05:00")
    #expect(try Self.limit(shop) == nil)
  }

  @Test func `what was paid before a day of 23 hours does not count on it`() throws {
    let shop = try Self.shop("2026-03-07T23:30:00-05:00")
    try Self.buyAndPay(shop)
    try Self.wait(shop, until: "2026-03-08T12:00:00-04:00")
    try Self.buyAndPay(shop)
    #expect(try Self.limit(shop) == 12 * 3_600)
    try Self.wait(shop, until: "2026-03-08T23:59:59-04:00")
    #expect(try Self.limit(shop) == 1)
    try Self.wait(shop, until: "2026-03-09T00:00:00-04:00")
    #expect(try Self.limit(shop) == nil)
  }

  @Test func `an operator's day is the local one`() throws {
    let shop = try ShopFixture()
    let rule = OperatorRule(coinsMax: 100, zone: .newYork)
    func admits(_ text: String) throws -> Bool {
      let moment = try #require(Timestamp(rfc3339: text))
      return try shop.connection.transaction { (transaction) throws(DatabaseError) in
        let person = try OperatorPerson.of("cli:root", in: &transaction)
        return .commit(
          try rule.admits(person, for: shop.userID, coins: 100, at: moment, in: &transaction))
      }
    }
    #expect(try admits("2026-11-01T00:00:00-04:00"))
    #expect(try !admits("2026-11-01T23:59:59-05:00"))
    #expect(try admits("2026-11-02T00:00:00-05:00"))
  }
}
