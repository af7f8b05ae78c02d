import Database
import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Totals that tell of several refunds before each is told of by its number.
@Suite struct ManyNumbersTests {
  private static func cny(_ minorUnits: Int64) -> ReportedAmount {
    ReportedAmount(minorUnits: minorUnits, currencyCode: "CNY")
  }

  private static func own(_ number: String, _ amount: Int64) -> ProviderEvent.Kind {
    .refund(
      RefundNews(
        status: .succeeded, outRequestNo: number, providerRefundID: nil,
        amount: .ofRefund(cny(amount))))
  }

  private static func total(_ amount: Int64) -> ProviderEvent.Kind {
    .refund(
      RefundNews(
        status: .succeeded, outRequestNo: nil, providerRefundID: nil,
        amount: .ofPaymentSoFar(cny(amount))))
  }

  private static func refunded(_ world: inout World, _ payment: Payment) throws -> Int64? {
    try world.connection.first(
      """
      SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM refunds
      WHERE payment_id = \(payment.id) AND status = 'SUCCEEDED'
      """, as: Int64.self)
  }

  @Test func `refunds that a total told of together are not booked again`() throws {
    let parts: [Int64] = [100, 200, 300]
    var world = try World.calm()
    var payments: [(Payment, String)] = []
    for order in MoneyBackOrderTests.permutations([0, 1, 2]) {
      for isTotalFirst in [true, false] {
        let payment = try world.buy(by: .alipay)
        _ = try world.pay(payment)
        for place in order {
          let soFar = parts[...place].reduce(0, +)
          let news = [Self.own("c\(place)", parts[place]), Self.total(soFar)]
          for (step, kind) in (isTotalFirst ? news.reversed() : news).enumerated() {
            world.clock.advance(seconds: 1)
            _ = try world.tell(payment, kind, key: "\(payment.outTradeNo):\(place):\(step)")
          }
        }
        payments.append((payment, "\(order), total first: \(isTotalFirst)"))
      }
    }
    for (payment, story) in payments {
      let sum = try Self.refunded(&world, payment)
      #expect(sum == 600, "\(story)")
    }
    try world.expectSound()
  }

  @Test func `a refund that no total told of is booked beside those that one told of`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    let life: [(ProviderEvent.Kind, Int64)] = [
      (Self.total(300), 300), (Self.own("a", 100), 300), (Self.own("a", 100), 300),
      // As large as both together, and another one.
      (Self.own("c", 300), 600), (Self.own("b", 200), 600), (Self.own("d", 100), 700),
      (Self.total(700), 700),
    ]
    for (step, item) in life.enumerated() {
      world.clock.advance(seconds: 1)
      _ = try world.tell(payment, item.0, key: "\(step)")
      #expect(try Self.refunded(&world, payment) == item.1, "step \(step)")
    }
    try world.expectSound()
  }
}
