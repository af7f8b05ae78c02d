import Audit
import Database
import Glibc
import Kit
import Orders
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// Each statement of a deed fails in each way that a server, a cluster or the line to it knows. Afterwards all
/// of the deed has happened or nothing of it, and doing it again brings it to its end once.
@Suite struct BrokenStatementTests {
  static let faults: [FaultyWire.Fault] =
    [1213, 1205, 1020, 2006, 2013].map { .error($0) } + [.cutBefore, .cutAfter, .kill]

  /// More commands than any of the deeds has.
  private static let commandsMax = 200

  /// Breaks one command after the other of a deed that is new each time, until there is none left.
  ///
  /// - Parameters:
  ///   - prepare: what the deed needs, done undisturbed.
  ///   - deed: goes over the wire; what it throws is its own matter.
  ///   - check: whether all or nothing happened, and what repeating it leads to, undisturbed again.
  private static func breakEach<Subject>(
    _ fault: FaultyWire.Fault, _ shop: ShopFixture, prepare: () throws -> Subject,
    deed: (Subject) throws -> Void, check: (Subject, String) throws -> Void
  ) throws {
    var configuration = shop.database
    let wire = try FaultyWire.inFront(of: &configuration)
    for number in 0..<commandsMax {
      let subject = try prepare()
      shop.connection = Connection(configuration)
      try shop.connection.ping()
      wire.arm(fault, after: number)
      do { try deed(subject) } catch {}
      let isReached = wire.disarm()
      shop.connection = Connection(shop.database)
      try check(subject, "\(fault) at command \(number)")
      guard isReached else { return }
    }
    Issue.record("the deed has more than \(commandsMax) commands")
  }

  private static func success(_ checkout: OrderCheckout, _ shop: ShopFixture) throws
    -> ReceivedEvent
  {
    let number = checkout.payment.outTradeNo
    let event = try #require(
      ProviderEvent(
        provider: .wechat, eventKey: "paid:\(number)", source: .notification,
        kind: .succeeded(ReportedAmount(checkout.payment.facts.amount)), outTradeNo: number,
        providerTransactionID: "T\(number)", account: checkout.payment.facts.account,
        occurredAt: shop.clock.clock.now()))
    return ReceivedEvent(event: event, body: nil, receivedAt: shop.clock.clock.now())
  }

  /// An order's state, its payment's, and the coins that moved for it.
  private static func state(_ number: OrderNumber, _ shop: ShopFixture) throws -> String {
    let row = try shop.connection.first(
      """
      SELECT o.status, GROUP_CONCAT(p.status), (
        SELECT CAST(COALESCE(SUM(IF(e.credit_account LIKE 'wallet:%', e.coins, -e.coins)), 0)
          AS SIGNED) FROM ledger_entries e WHERE e.order_id = o.id)
      FROM coin_orders o LEFT JOIN payments p ON p.order_id = o.id
      WHERE o.order_no = \(number) GROUP BY o.id
      """, as: (String, String?, Int64).self)
    return row.map { "\($0.0) \($0.1 ?? "-") \($0.2)" } ?? "none"
  }

  private static func balance(_ shop: ShopFixture) throws -> Int64? {
    try shop.connection.first(
      "SELECT balance FROM wallets WHERE user_id = \(shop.userID)", as: Int64.self)
  }

  @Test(arguments: faults, [1, 3])
  func `a settlement happens whole or not at all`(fault: FaultyWire.Fault, count: Int) throws {
    let shop = try ShopFixture()
    var orders: Int64 = 0
    try Self.breakEach(
      fault, shop,
      prepare: { try (0..<count).map { _ in try shop.buy(.wechat) } },
      deed: { bought in
        let events = try bought.map { try Self.success($0, shop) }
        _ = shop.desk.receive(events, on: &shop.connection)
      },
      check: { bought, place in
        let (nothing, all) = ("PENDING PENDING 0", "PAID SUCCEEDED 100")
        for checkout in bought {
          let state = try Self.state(checkout.order.number, shop)
          #expect(state == nothing || state == all, "\(place)")
          let again = shop.desk.receive([try Self.success(checkout, shop)], on: &shop.connection)
          for result in again { _ = try result.get() }
        }
        shop.clock.advance(seconds: InboxQueue.delaySecondsMax)
        while try shop.desk.retryDue(on: &shop.connection) > 0 {}
        for checkout in bought {
          #expect(try Self.state(checkout.order.number, shop) == all, "\(place)")
        }
        orders += Int64(count)
        #expect(try Self.balance(shop) == 100 * orders, "\(place)")
      })
  }

  /// Wishes again for what was broken off. The turn at the provider is held until the server notices that
  /// the connection which took it is gone, and whoever asks before that is told to ask again.
  private static func createAgain(
    _ key: NewCoinOrder.Idempotency?, _ shop: ShopFixture
  ) throws -> CheckoutOutcome {
    for _ in 0..<100 {
      let outcome = try shop.create(.wechat, key: key)
      guard case .methodUnavailable = outcome else { return outcome }
      usleep(20_000)
    }
    return .methodUnavailable
  }

  @Test(arguments: faults)
  func `an order is made whole or not at all, and once for a key`(fault: FaultyWire.Fault) throws {
    let shop = try ShopFixture()
    var number = 0
    try Self.breakEach(
      fault, shop,
      prepare: {
        number += 1
        return NewCoinOrder.Idempotency(
          key: "key-\(number)", requestHash: Array(repeating: 1, count: 32))
      },
      deed: { key in _ = try shop.create(.wechat, key: key) },
      check: { key, place in
        shop.clock.advance(seconds: 120)
        let ready = try ShopFixture.ready(try Self.createAgain(key, shop))
        #expect(try Self.state(ready.order.number, shop) == "PENDING PENDING 0", "\(place)")
        let counts = try shop.connection.first(
          """
          SELECT COUNT(DISTINCT o.id), COUNT(DISTINCT p.id), COUNT(DISTINCT c.currency)
          FROM coin_orders o JOIN payments p ON p.order_id = o.id
            JOIN coin_order_prices c ON c.order_id = o.id
          WHERE o.user_id = \(shop.userID)
          """, as: (Int64, Int64, Int64).self)
        #expect(
          counts.map { [$0.0, $0.1, $0.2] } == [Int64(number), Int64(number), 2], "\(place)")
        // A buyer may have few open orders.
        shop.clock.advance(seconds: 2_000)
        _ = try shop.caretaker.expireOrders(on: &shop.connection)
      })
  }

  @Test(arguments: faults)
  func `a refund takes its coins whole or not at all, and is made once`(
    fault: FaultyWire.Fault
  ) throws {
    let shop = try ShopFixture()
    let desk = RefundDesk(
      registry: ProviderRegistry([shop.yuan, shop.dollar]), clock: shop.clock.clock)
    shop.yuan.script.withLock {
      $0.refund = {
        .succeeded(RefundFacts(providerRefundID: nil, amount: ReportedAmount($0.amount)))
      }
    }
    func ask(_ order: OrderNumber) throws -> RefundAnswer {
      let wish = try #require(
        RefundWish(
          orderNumber: order, amount: nil, by: Operation(by: "test", saying: "test"),
          rule: .takeBack,
          key: "key-\(order)"))
      return try desk.request(wish, on: &shop.connection)
    }
    try Self.breakEach(
      fault, shop, prepare: { try Self.paid(shop) },
      deed: { order in
        _ = try ask(order)
        _ = try shop.caretaker.refund(.wechat, on: &shop.connection)
      },
      check: { order, place in
        let state = try Self.state(order, shop)
        let possible = [
          "PAID SUCCEEDED 100", "REFUNDING SUCCEEDED 0", "REFUNDED SUCCEEDED 0",
        ]
        #expect(possible.contains(state), "\(place): \(state)")
        _ = try ask(order)
        // What the broken call left behind is found when its turn comes again.
        for _ in 0..<3 {
          shop.clock.advance(seconds: 3_600)
          while try shop.caretaker.refund(.wechat, on: &shop.connection) > 0 {}
          while try shop.desk.retryDue(on: &shop.connection) > 0 {}
        }
        #expect(try Self.state(order, shop) == "REFUNDED SUCCEEDED 0", "\(place)")
        #expect(try Self.balance(shop) == 0, "\(place)")
        let numbers = shop.yuan.script.withLock { script in
          Set(script.refunds.map(\.outRequestNo).filter { $0.hasPrefix("\(order)") })
        }
        #expect(numbers.count == 1, "\(place): the provider was asked for \(numbers)")
      })
  }

  private static func paid(_ shop: ShopFixture) throws -> OrderNumber {
    let checkout = try shop.buy(.wechat)
    for result in shop.desk.receive([try success(checkout, shop)], on: &shop.connection) {
      _ = try result.get()
    }
    return checkout.order.number
  }
}
