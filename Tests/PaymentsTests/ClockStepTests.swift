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
