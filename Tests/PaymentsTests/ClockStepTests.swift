import Database
import Kit
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// The clock was 26 hours ahead, and is set right.
@Suite struct ClockStepTests {
  private static let stepSeconds: Int64 = 26 * 3_600

  @Test func `a payment that was begun by a clock that was ahead is asked about at once`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    world.payAtProvider(payment)
    try world.wait(seconds: -Self.stepSeconds)
    #expect(try world.status(payment) == "SUCCEEDED")
    #expect(try world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test func `a payment that nobody paid yet is asked about at pauses and not without end`() throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    try world.wait(seconds: -Self.stepSeconds)
    #expect(try world.round() == 0)
    world.payAtProvider(payment)
    try world.wait(seconds: 180)
    #expect(try world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test func `what the provider has never heard of is asked about at pauses and not without end`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    try world.cancel(payment)
    try world.wait(seconds: -Self.stepSeconds)
    #expect(try world.round() == 0)
    try world.expectSound()
  }

  @Test func `a buyer who says that an order is paid is believed enough to ask`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    try world.wait(seconds: 20)
    world.clock.advance(seconds: -Self.stepSeconds)
    let watched = QuerySchedule.watched.isOver(since: "queried_at", at: world.clock.clock.now())
    let found = try world.connection.first(
      "SELECT COUNT(*) FROM payments WHERE id = \(payment.id) AND \(watched)", as: Int64.self)
    #expect(found == 1)
    world.software.end()
  }

  @Test func `a payment that a provider closes only after a while is closed`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .wechat)
    try world.wait(seconds: 20)
    try world.cancel(payment)
    try world.wait(seconds: -Self.stepSeconds)
    #expect(try world.round() == 0)
    try world.wait(seconds: 3_600)
    #expect(try world.status(payment) == "CLOSED")
    try world.expectSound()
  }

  @Test func `orders that a clock cancelled that was ahead are not those of the last hour`() throws
  {
    let shop = try ShopFixture()
    shop.checkout = shop.makeCheckout { $0.hourlyCancelsMax = 1 }
    func cancelOne() throws -> Bool {
      let number = try shop.buy(.wechat).order.number
      let outcome = try shop.checkout.cancel(number, of: shop.userID, on: &shop.connection)
      if case .cancelled = outcome { return true }
      return false
    }
    #expect(try cancelOne())
    #expect(try !cancelOne())
    shop.clock.advance(seconds: -Self.stepSeconds)
    #expect(try cancelOne())
    #expect(try !cancelOne())
  }

  @Test func `notifications that came while the clock was ahead hide no silence of today`() throws {
    let shop = try ShopFixture()
    func tell(_ source: ProviderEvent.Source, _ key: String) throws {
      let payment = try shop.buy(.wechat).payment
      let now = shop.clock.clock.now()
      let event = try #require(
        ProviderEvent(
          provider: .wechat, eventKey: key, source: source,
          kind: .succeeded(ReportedAmount(payment.facts.amount)), outTradeNo: payment.outTradeNo,
          providerTransactionID: "T\(key)", account: payment.facts.account, occurredAt: now))
      let received = ReceivedEvent(event: event, body: nil, receivedAt: now)
      for result in shop.desk.receive([received], on: &shop.connection) { _ = try result.get() }
    }
    try tell(.notification, "ahead")
    shop.clock.advance(seconds: -Self.stepSeconds)
    for key in ["one", "two", "three"] { try tell(.query, key) }
    shop.clock.advance(seconds: NotificationSilence.delaySeconds)
    let silences = try NotificationSilence.load(
      of: [.wechat], at: shop.clock.clock.now(), in: &shop.connection)
    #expect(silences.map(\.payments) == [3])
  }

  @Test func `a code that a clock made that was ahead is not held for usable`() throws {
    let shop = try ShopFixture()
    let payment = try shop.buy(.wechat).payment
    _ = try shop.connection.execute(
      """
      UPDATE payments SET presentation_expires_at = \(shop.clock.clock.now().adding(seconds: 7_200))
      WHERE id = \(payment.id)
      """)
    func isStale() throws -> Bool {
      let found = try #require(try Payment.list(of: payment.orderID, in: &shop.connection).first)
      return shop.checkout.hasStalePresentation(found)
    }
    #expect(try !isStale())
    shop.clock.advance(seconds: -Self.stepSeconds)
    #expect(try isStale())
  }

  @Test func `a refund that waits for a clock that was ahead is carried out`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    _ = try world.refund(payment)
    world.decideRefunds(of: payment, .succeeded)
    _ = try world.connection.execute(
      """
      UPDATE refunds SET next_attempt_at = \(world.clock.clock.now().adding(seconds: Self.stepSeconds))
      WHERE payment_id = \(payment.id) AND status IN ('REQUESTED', 'PENDING')
      """)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .succeeded)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: payment) == ["SUCCEEDED"])
    #expect(try world.balance() == 0)
    try world.expectSound()
  }

  @Test func `an event that waits for a clock that was ahead is settled`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    let (desk, moment) = (world.software.desk, world.clock.clock.now())
    world.software.end()
    let event = try #require(
      ProviderEvent(
        provider: .alipay, eventKey: "ahead", source: .notification,
        kind: .succeeded(ReportedAmount(payment.facts.amount)), outTradeNo: payment.outTradeNo,
        providerTransactionID: "T1", account: payment.facts.account, occurredAt: moment))
    let received = ReceivedEvent(event: event, body: nil, receivedAt: moment)
    for result in desk.store([received], on: &world.connection) { _ = try result.get() }
    world.clock.advance(seconds: -Self.stepSeconds)
    _ = try desk.retryDue(on: &world.connection)
    #expect(try world.orderStatus(payment) == "PAID")
  }
}
