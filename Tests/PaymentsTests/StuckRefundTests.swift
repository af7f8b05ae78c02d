import Audit
import Database
import Kit
import Ledger
import Orders
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// Refunds that nothing can carry out, and those that do not come to their end.
@Suite struct StuckRefundTests {
  private static func paid(_ shop: ShopFixture, _ method: PaymentMethod) throws -> OrderCheckout {
    let checkout = try shop.buy(method)
    let event = try #require(
      ProviderEvent(
        provider: method, eventKey: "paid:\(checkout.payment.outTradeNo)", source: .notification,
        kind: .succeeded(ReportedAmount(checkout.payment.facts.amount)),
        outTradeNo: checkout.payment.outTradeNo, providerTransactionID: "T1",
        account: checkout.payment.facts.account, occurredAt: shop.clock.clock.now()))
    let received = ReceivedEvent(event: event, body: nil, receivedAt: shop.clock.clock.now())
    for result in shop.desk.receive([received], on: &shop.connection) { _ = try result.get() }
    return checkout
  }

  private static func refund(
    _ order: OrderNumber, _ shop: ShopFixture, at providers: [PlayedProvider]
  ) throws -> RefundAnswer {
    let wish = try #require(
      RefundWish(
        orderNumber: order, amount: nil, by: Operation(by: "test", saying: "test"), rule: .takeBack,
        key: nil))
    return try RefundDesk(registry: ProviderRegistry(providers), clock: shop.clock.clock)
      .request(wish, on: &shop.connection)
  }

  private static func balance(_ shop: ShopFixture) throws -> Int64? {
    try shop.connection.first(
      "SELECT balance FROM wallets WHERE user_id = \(shop.userID)", as: Int64.self)
  }

  @Test func `a refund that nothing can carry out is refused and takes no coins`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order.number
    #expect(
      try Self.refund(order, shop, at: [shop.dollar]) == .impossible(.methodIsOff(.wechat)))
    var other = shop.yuan
    other.account = ProviderAccount(merchant: "another", isLive: false)
    #expect(try Self.refund(order, shop, at: [other]) == .impossible(.otherAccount(.wechat)))
    shop.yuan.script.withLock { $0.refundObstacle = "no certificate" }
    #expect(
      try Self.refund(order, shop, at: [shop.yuan])
        == .impossible(.provider(.wechat, reason: "no certificate")))
    #expect(try Self.balance(shop) == 100)
  }

  private static func overdue(_ shop: ShopFixture) throws -> OverdueWork {
    try shop.connection.transaction { (transaction) throws(DatabaseError) in
      .commit(try OverdueWork.take(in: &transaction, at: shop.clock.clock.now()))
    }
  }

  @Test func `an open refund is told by its age, once a day, whoever answers`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order.number
    guard case .requested = try Self.refund(order, shop, at: [shop.yuan]) else {
      Issue.record("the refund was not taken on")
      return
    }
    #expect(try Self.overdue(shop).refunds.isEmpty)
    shop.clock.advance(seconds: OverdueWork.requestedSecondsMax)
    #expect(try Self.overdue(shop).refunds.map(\.status) == [.requested])
    #expect(try Self.overdue(shop).refunds.isEmpty)
    shop.clock.advance(seconds: OverdueWork.alarms.longestPauseSeconds)
    #expect(try Self.overdue(shop).refunds.count == 1)
  }

  @Test func `what is overdue is told by one process when two look at the same moment`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order.number
    _ = try Self.refund(order, shop, at: [shop.yuan])
    _ = try shop.buy(.stripe)
    shop.clock.advance(seconds: 1_800 + OverdueWork.paymentSecondsMax)
    let now = shop.clock.clock.now()
    var other = Connection(shop.database)
    let (first, second) = try shop.connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<(OverdueWork, OverdueWork)> in
      let first = try OverdueWork.take(in: &transaction, at: now)
      let second = try other.transaction { (transaction) throws(DatabaseError) in
        .commit(try OverdueWork.take(in: &transaction, at: now))
      }
      return .commit((first, second))
    }
    #expect(first.refunds.count == 1 && first.payments.count == 1)
    #expect(second.refunds.isEmpty && second.payments.isEmpty)
  }

  @Test func `an open payment is told a day after its order's end`() throws {
    let shop = try ShopFixture()
    _ = try shop.buy(.wechat)
    shop.clock.advance(seconds: 1_800 + OverdueWork.paymentSecondsMax - 1)
    #expect(try Self.overdue(shop).payments.isEmpty)
    shop.clock.advance(seconds: 1)
    #expect(try Self.overdue(shop).payments.count == 1)
    #expect(try Self.overdue(shop).payments.isEmpty)
  }

  @Test func `what keeps a refund at its provider is kept with it and told`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order
    _ = try Self.refund(order.number, shop, at: [shop.yuan])
    shop.yuan.script.withLock { script in
      script.refund = { _ in .pending(RefundFacts(providerRefundID: "R1", amount: nil)) }
      script.queryRefund = { _ in
        .pending(
          RefundFacts(
            providerRefundID: "R1", amount: nil, obstacle: Cause(.instrumentUnusable, "ABNORMAL")))
      }
    }
    #expect(try shop.caretaker.refund(.wechat, on: &shop.connection) == 1)
    #expect(try OverdueWork.load(at: shop.clock.clock.now(), in: &shop.connection).refunds.isEmpty)
    shop.clock.advance(seconds: 60)
    #expect(try shop.caretaker.refund(.wechat, on: &shop.connection) == 1)
    let known = try Refund.list(of: order.id, in: &shop.connection)
    #expect(known.map(\.cause) == ["instrument_unusable: ABNORMAL"])
    #expect(known.map(\.status) == [.pending])
    let held = try OverdueWork.load(at: shop.clock.clock.now(), in: &shop.connection).refunds
    #expect(held.map(\.cause) == ["instrument_unusable: ABNORMAL"])
    shop.yuan.script.withLock { script in
      script.queryRefund = { _ in
        .succeeded(RefundFacts(providerRefundID: "R1", amount: nil))
      }
    }
    shop.clock.advance(seconds: 3_600)
    _ = try shop.caretaker.refund(.wechat, on: &shop.connection)
    let ended = try Refund.list(of: order.id, in: &shop.connection)
    #expect(ended.map(\.status) == [.succeeded])
    #expect(ended.map(\.cause) == [nil])
  }

  private static func giveUp(_ order: CoinOrder, _ shop: ShopFixture) throws -> GiveUpAnswer {
    let refund = try #require(try Refund.list(of: order.id, in: &shop.connection).last)
    return try shop.caretaker.giveUp(
      refund: refund.outRequestNo, of: order, by: Operation(by: "cli:test", saying: "test"),
      on: &shop.connection)
  }

  @Test func `only a refund that its provider does not know can be given up`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order
    _ = try Self.refund(order.number, shop, at: [shop.yuan])
    #expect(try Self.balance(shop) == 0)
    #expect(try shop.caretaker.refund(.wechat, on: &shop.connection) == 1)
    guard case .busy = try Self.giveUp(order, shop) else {
      Issue.record("given up while a call may be under way")
      return
    }
    shop.clock.advance(seconds: Caretaker.giveUpAfterSeconds)
    shop.yuan.script.withLock { $0.queryRefund = { _ in .unknown(Cause(.unavailable)) } }
    #expect(try Self.giveUp(order, shop) == .unclear(Cause(.unavailable)))
    shop.yuan.script.withLock { script in
      script.queryRefund = { _ in .pending(RefundFacts(providerRefundID: "R1", amount: nil)) }
    }
    guard case .known = try Self.giveUp(order, shop) else {
      Issue.record("a refund that the provider knows was given up")
      return
    }
    shop.yuan.script.withLock { $0.queryRefund = { _ in .notFound } }
    guard case .givenUp = try Self.giveUp(order, shop) else {
      Issue.record("not given up")
      return
    }
    #expect(try Self.balance(shop) == 100)
    guard case .notOpen = try Self.giveUp(order, shop) else {
      Issue.record("given up twice")
      return
    }
    let audited = try shop.connection.all(
      "SELECT details FROM operator_actions WHERE action = 'GIVE_UP_REFUND'", as: String.self)
    #expect(audited.count == 1)
    #expect(audited.first?.contains("unknown at the provider") == true)
    for invariant in Invariant.all {
      #expect(try invariant.check(&shop.connection) == [], "\(invariant.name)")
    }
  }

  @Test func `a refund that was never sent can be given up when its method is gone`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order
    _ = try Self.refund(order.number, shop, at: [shop.yuan])
    let caretaker = Caretaker(
      registry: ProviderRegistry([shop.dollar]), desk: shop.desk, clock: shop.clock.clock,
      logger: shop.logger)
    let refund = try #require(try Refund.list(of: order.id, in: &shop.connection).last)
    let answer = try caretaker.giveUp(
      refund: refund.outRequestNo, of: order, by: Operation(by: "cli:test", saying: "test"),
      on: &shop.connection)
    guard case .givenUp = answer else {
      Issue.record("not given up: \(answer)")
      return
    }
    #expect(try Self.balance(shop) == 100)
  }

  /// What Stripe says of a payment when it is asked.
  private static func answer(
    _ kind: ProviderEvent.Kind, _ payment: Payment, key: String, _ shop: ShopFixture
  ) throws -> ProviderEvent {
    let event = ProviderEvent(
      provider: .stripe, eventKey: key, source: .query, kind: kind,
      outTradeNo: payment.outTradeNo, providerTransactionID: "T1",
      account: payment.facts.account, occurredAt: shop.clock.clock.now())
    return try #require(event)
  }

  private static func lastStatus(
    of order: CoinOrder, _ shop: ShopFixture
  ) throws -> RefundStatus? {
    try Refund.list(of: order.id, in: &shop.connection).last?.status
  }

  @Test func `a refund that failed and was made is told of by the service, not by a repair`() throws
  {
    let shop = try ShopFixture()
    let checkout = try Self.paid(shop, .stripe)
    _ = try Self.refund(checkout.order.number, shop, at: [shop.dollar])
    shop.dollar.script.withLock { $0.refund = { _ in .refused(Cause(.other)) } }
    _ = try shop.caretaker.refund(.stripe, on: &shop.connection)
    let refund = try #require(try Refund.list(of: checkout.order.id, in: &shop.connection).last)
    #expect(refund.status == .failed)
    let facts = RefundFacts(providerRefundID: "re_1", amount: ReportedAmount(refund.amount))
    let news = try #require(
      RefundNews(.succeeded(facts), outRequestNo: refund.outRequestNo))
    let payment = checkout.payment
    let paid = try Self.answer(
      .succeeded(ReportedAmount(payment.facts.amount)), payment, key: "q", shop)
    let made = try Self.answer(.refund(news), payment, key: "r", shop)
    shop.dollar.script.withLock { script in
      script.query = { _ in .event(paid, refunds: [made]) }
      script.queryRefund = { _ in .succeeded(facts) }
    }
    _ = try shop.caretaker.resettle(
      checkout.order, by: Operation(by: "cli:test", saying: "test"), on: &shop.connection)
    #expect(try Self.lastStatus(of: checkout.order, shop) == .failed)
    _ = try shop.caretaker.refund(.stripe, on: &shop.connection)
    #expect(try Self.lastStatus(of: checkout.order, shop) == .succeeded)
  }

  @Test func `a key that stands for something else asks for no refund`() throws {
    let shop = try ShopFixture()
    let order = try Self.paid(shop, .wechat).order.number
    let desk = RefundDesk(registry: ProviderRegistry([shop.yuan]), clock: shop.clock.clock)
    func ask(_ key: String, _ rule: RefundRule) throws -> RefundAnswer {
      let wish = RefundWish(
        orderNumber: order, amount: nil, by: Operation(by: "test", saying: "test"), rule: rule,
        key: key)
      return try desk.request(try #require(wish), on: &shop.connection)
    }
    let grant = CoinAdjustment(
      userID: shop.userID, direction: .grant, coins: 5, by: Operation(by: "test", saying: "test"),
      key: "k1")
    guard case .done = try #require(grant).book(on: &shop.connection, at: shop.clock.clock.now())
    else {
      Issue.record("no coins")
      return
    }
    #expect(try ask("k1", .takeBack) == .keyReused)
    guard case .requested = try ask("k2", .takeBack), case .repeated = try ask("k2", .takeBack)
    else {
      Issue.record("the refund was not taken on once")
      return
    }
    #expect(try ask("k2", .leave) == .keyReused)
    let again = CoinAdjustment(
      userID: shop.userID, direction: .grant, coins: 5, by: Operation(by: "test", saying: "test"),
      key: "k2")
    #expect(
      try #require(again).book(on: &shop.connection, at: shop.clock.clock.now()) == .keyReused)
  }
}
