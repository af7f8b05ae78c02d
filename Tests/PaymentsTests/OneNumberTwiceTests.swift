import Kit
import Provider
import Synchronization
import Testing
import Vocabulary

@testable import Payments

/// Consoles let people choose numbers that other payments have refunds of.
@Suite struct OneNumberTwiceTests {
  @Test func `refunds under way with one number are each asked about to their end`() throws {
    var world = try World.calm()
    var payments: [Payment] = []
    for _ in 0..<2 {
      let payment = try world.buy(by: .wechat)
      _ = try world.pay(payment)
      let amount = try #require(Money(minorUnits: 990, currency: .cny))
      let news = RefundNews(
        status: .pending, outRequestNo: "1", providerRefundID: nil,
        amount: .ofRefund(ReportedAmount(amount)))
      _ = try world.tell(payment, .refund(news), key: "\(payment.outTradeNo):pending")
      world.provider(.wechat).state.withLock {
        $0.trades[payment.outTradeNo]?.refunds["1"] = SimulatedProvider.RefundState(
          amount: amount, status: .succeeded)
      }
      payments.append(payment)
    }
    for _ in 0..<4 { try world.wait(seconds: 600) }
    for payment in payments {
      #expect(try world.refunds(of: payment) == ["SUCCEEDED"])
      #expect(try world.orderStatus(payment) == "REFUNDED")
    }
    try world.expectSound()
  }
}
