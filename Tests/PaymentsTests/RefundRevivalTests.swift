import Database
import Kit
import Ledger
import Provider
import Synchronization
import Testing
import Vocabulary

@testable import Payments

/// Refunds that failed here and were made all the same, beside others of their payment.
@Suite struct RefundRevivalTests {
  /// Word from the provider that a payment's first refund was made.
  private static func made(_ payment: Payment, _ amount: ReportedAmount) -> ProviderEvent.Kind {
    .refund(
      RefundNews(
        status: .succeeded, outRequestNo: Refund.outRequestNo(payment.outTradeNo, 1),
        providerRefundID: nil, amount: .ofRefund(amount), cause: nil))
  }

  /// A payment of 1.49 whose refund failed.
  private static func withFailedRefund(_ world: inout World) throws -> Payment {
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.refund(payment)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .failed)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 107)
    return payment
  }

  private static func expectWithinPayment(_ world: inout World) throws {
    let rule = try #require(Invariant.all.first { $0.name == "refunds_within_payment" })
    #expect(try rule.check(&world.connection) == [])
  }

  @Test func `a refund of money paid twice that was made ends the one that follows it`() throws {
    var world = try World.calm()
    let first = try world.buy(by: .stripe)
    let second = try world.payment(of: try world.turn(first, to: .alipay))
    _ = try world.pay(first)
    _ = try world.pay(second)
    let twice = try world.status(first) == "DUPLICATE" ? first : second
    try world.wait(seconds: 1)
    world.decideRefunds(of: twice, .failed)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: twice) == ["FAILED", "REQUESTED"])
    world.decideRefunds(of: twice, .succeeded)
    _ = try world.tell(
      twice, Self.made(twice, ReportedAmount(twice.facts.amount)), key: "revived")
    try world.wait(seconds: 1)
    #expect(try world.refunds(of: twice) == ["SUCCEEDED", "FAILED"])
    try Self.expectWithinPayment(&world)
    for _ in 0..<3 { try world.wait(seconds: 700) }
    #expect(try world.refunds(of: twice) == ["SUCCEEDED", "FAILED"] && world.suspense() == [])
    let sent = world.provider(twice.facts.provider).state.withLock {
      $0.trades[twice.outTradeNo]?.refunds.count
    }
    #expect(sent == 1)
    try world.expectSound()
  }

  @Test func `a refund that was made waits for one that was sent in its place`() throws {
    var world = try World.calm()
    let payment = try Self.withFailedRefund(&world)
    _ = try world.refund(payment)
    try world.wait(seconds: 1)
    #expect(try world.refunds(of: payment) == ["FAILED", "PENDING"])
    world.provider(.stripe).state.withLock {
      let number = Refund.outRequestNo(payment.outTradeNo, 1)
      $0.trades[payment.outTradeNo]?.refunds[number]?.status = .succeeded
    }
    _ = try world.tell(payment, Self.made(payment, MoneyBackOrderTests.usd(149)), key: "revived")
    try world.wait(seconds: 1)
    #expect(try world.refunds(of: payment) == ["FAILED", "PENDING"] && world.balance() == 0)
    try Self.expectWithinPayment(&world)
    world.decideOpenRefunds(of: payment, .failed)
    for _ in 0..<4 { try world.wait(seconds: 3_600) }
    #expect(try world.refunds(of: payment) == ["SUCCEEDED", "FAILED"] && world.balance() == 0)
    try world.expectSound()
  }

  /// Takes a refund out of the provider's answers, as when one of its machines lags behind.
  private static func hide(
    _ number: String, of payment: Payment, _ world: borrowing World
  ) -> SimulatedProvider.RefundState? {
    world.provider(.stripe).state.withLock {
      $0.trades[payment.outTradeNo]?.refunds.removeValue(forKey: number)
    }
  }

  private static func nextAttempt(_ world: inout World) throws -> Timestamp? {
    try world.connection.first("SELECT next_attempt_at FROM refunds", as: Timestamp?.self) ?? nil
  }

  @Test func `a refund that is said to be made is asked about until its provider knows it`() throws
  {
    var world = try World.calm()
    let payment = try Self.withFailedRefund(&world)
    let number = Refund.outRequestNo(payment.outTradeNo, 1)
    let hidden = Self.hide(number, of: payment, world)
    _ = try world.tell(payment, Self.made(payment, MoneyBackOrderTests.usd(149)), key: "made")
    try world.wait(seconds: 1)
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 107)
    world.provider(.stripe).state.withLock {
      $0.trades[payment.outTradeNo]?.refunds[number] = hidden
    }
    world.decideRefunds(of: payment, .succeeded)
    for _ in 0..<3 { try world.wait(seconds: 3_600) }
    #expect(try world.refunds(of: payment) == ["SUCCEEDED"] && world.balance() == 0)
    try world.expectSound()
  }

  @Test func `a refund that its provider does not know for a day is asked about no more`() throws {
    var world = try World.calm()
    let payment = try Self.withFailedRefund(&world)
    _ = Self.hide(Refund.outRequestNo(payment.outTradeNo, 1), of: payment, world)
    _ = try world.tell(payment, Self.made(payment, MoneyBackOrderTests.usd(149)), key: "made")
    for _ in 0..<3 { try world.wait(seconds: 3_600) }
    #expect(try Self.nextAttempt(&world) != nil)
    for _ in 0..<24 { try world.wait(seconds: 3_600) }
    #expect(try Self.nextAttempt(&world) == nil)
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 107)
    try world.expectSound()
  }
}
