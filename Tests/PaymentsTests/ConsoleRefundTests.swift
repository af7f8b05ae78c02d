import Database
import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Refunds that people make in the provider's console, heard of in any order.
@Suite struct ConsoleRefundTests {
  private static func news(
    _ status: RefundNews.Status, _ number: String?, _ id: String?, _ amount: RefundNews.Amount
  ) -> ProviderEvent.Kind {
    .refund(
      RefundNews(
        status: status, outRequestNo: number, providerRefundID: id, amount: amount,
        cause: status == .failed ? Cause(.instrumentUnusable) : nil))
  }

  private static func cny(_ minorUnits: Int64) -> ReportedAmount {
    ReportedAmount(minorUnits: minorUnits, currencyCode: "CNY")
  }

  private static let all = RefundNews.Amount.ofRefund(MoneyBackOrderTests.usd(149))

  @Test(arguments: [false, true])
  func `a refund of the console counts although the failure that made room for it comes later`(
    isSwapped: Bool
  ) throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.refund(payment)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .succeeded)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: payment) == ["SUCCEEDED"] && world.balance() == 0)
    let number = Refund.outRequestNo(payment.outTradeNo, 1)
    let failed = Self.news(.failed, number, nil, Self.all)
    world.decideRefunds(of: payment, .failed)
    let console = Self.news(.succeeded, nil, "re_console", Self.all)
    let told: [ProviderEvent.Kind] = isSwapped ? [console, failed] : [failed, console]
    for (step, kind) in told.enumerated() {
      _ = try world.tell(payment, kind, key: "\(step)")
    }
    for _ in 0..<10 { try world.wait(seconds: 900) }
    #expect(try world.refunds(of: payment) == ["FAILED", "SUCCEEDED"])
    #expect(try world.balance() == 0 && world.orderStatus(payment) == "REFUNDED")
    try world.expectSound()
  }

  @Test(arguments: [nil, "console-1"] as [String?])
  func `a refund of the console that fails before its payment is resolved takes no coins`(
    number: String?
  ) throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.tell(payment, .succeeded(MoneyBackOrderTests.usd(150)), key: "wrong")
    #expect(try world.status(payment) == "SUSPICIOUS")
    _ = try world.tell(payment, Self.news(.succeeded, number, "re_1", Self.all), key: "r1")
    world.clock.advance(seconds: 86_400)
    #expect(
      try world.tell(payment, Self.news(.failed, number, "re_1", Self.all), key: "r2")
        == .deferred)
    _ = try world.pay(payment)
    for _ in 0..<10 { try world.wait(seconds: 900) }
    #expect(try world.balance() == 107 && world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test(arguments: [nil, "console-1"] as [String?])
  func `a refund of the console whose failure comes before its success takes no coins`(
    number: String?
  ) throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.tell(payment, Self.news(.failed, number, "re_1", Self.all), key: "r2")
    _ = try world.tell(payment, Self.news(.succeeded, number, "re_1", Self.all), key: "r1")
    for _ in 0..<30 { try world.wait(seconds: 3_600) }
    #expect(try world.refunds(of: payment) == ["FAILED"])
    #expect(try world.balance() == 107 && world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test func `two refunds of one amount are two, whatever their numbers look like`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    for number in ["JUNE_REFUND_1", "JUNE_REFUND_2"] {
      #expect(
        try world.tell(
          payment, Self.news(.succeeded, number, nil, .ofRefund(Self.cny(495))), key: number)
          == .settled(.refund(.succeeded)))
    }
    #expect(try world.balance() == 0 && world.orderStatus(payment) == "REFUNDED")
    try world.expectSound()
  }

  @Test
  func `what was told of without its number is one refund, and the next of its amount another`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    _ = try world.tell(
      payment, Self.news(.succeeded, nil, nil, .ofPaymentSoFar(Self.cny(495))), key: "total")
    let first = Self.news(.succeeded, "A1", nil, .ofRefund(Self.cny(495)))
    for key in ["a", "again"] {
      #expect(
        try world.tell(payment, first, key: key) == .settled(.ignored(.alreadySettled)))
    }
    #expect(
      try world.tell(
        payment, Self.news(.succeeded, "A2", nil, .ofRefund(Self.cny(495))), key: "b")
        == .settled(.refund(.succeeded)))
    #expect(try world.balance() == 0 && world.orderStatus(payment) == "REFUNDED")
    #expect(
      try world.tell(
        payment, Self.news(.failed, "A1", nil, .ofRefund(Self.cny(495))), key: "c")
        == .settled(.refund(.failed)))
    #expect(try world.refunds(of: payment) == ["FAILED", "SUCCEEDED"])
    try world.expectSound()
  }

  @Test
  func `one refund that failed here is booked once, whether a total or its own news is first`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 200)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .failed)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 107)
    world.decideRefunds(of: payment, .succeeded)
    let number = Refund.outRequestNo(payment.outTradeNo, 1)
    let told: [ProviderEvent.Kind] = [
      Self.news(.succeeded, "A", nil, .ofRefund(Self.cny(100))),
      Self.news(.succeeded, nil, nil, .ofPaymentSoFar(Self.cny(300))),
      Self.news(.succeeded, number, nil, .ofRefund(Self.cny(200))),
    ]
    for (step, kind) in told.enumerated() { _ = try world.tell(payment, kind, key: "\(step)") }
    for _ in 0..<4 { try world.wait(seconds: 600) }
    // 3.00 of 9.90 are gone: 31 of 100 coins and 3 of 7.
    #expect(try world.balance() == 73)
    try world.expectSound()
  }

  /// What was paid twice, of which the console gives a part back before all of it is given back here.
  private static func paidTwice(_ world: inout World) throws -> Payment {
    let first = try world.buy(by: .stripe)
    let second = try world.payment(of: try world.turn(first, to: .alipay))
    _ = try world.pay(first)
    _ = try world.pay(second)
    #expect(try world.status(second) == "DUPLICATE")
    return second
  }

  private static func amounts(
    _ world: inout World, _ payment: Payment
  ) throws -> [String] {
    try world.connection.all(
      """
      SELECT CONCAT(status, ' ', amount) FROM refunds WHERE payment_id = \(payment.id) ORDER BY id
      """, as: String.self)
  }

  @Test func `a part that the console gave back leaves the rest of what was paid twice`() throws {
    var world = try World.calm()
    let twice = try Self.paidTwice(&world)
    #expect(try Self.amounts(&world, twice) == ["REQUESTED 990"])
    let console = Self.news(.succeeded, "console", nil, .ofRefund(Self.cny(146)))
    #expect(
      try world.tell(twice, console, key: "console") == .settled(.refundInPlace(.succeeded)))
    #expect(
      try Self.amounts(&world, twice) == ["FAILED 990", "SUCCEEDED 146", "REQUESTED 844"])
    try world.wait(seconds: 1)
    world.decideRefunds(of: twice, .succeeded)
    for _ in 0..<3 { try world.wait(seconds: 700) }
    #expect(
      try Self.amounts(&world, twice) == ["FAILED 990", "SUCCEEDED 146", "SUCCEEDED 844"])
    #expect(try world.suspense() == [])
    try world.expectSound()
  }

  @Test(arguments: [false, true])
  func `a refusal because of the console leaves the rest of what was paid twice`(
    isTotal: Bool
  ) throws {
    var world = try World.calm()
    let twice = try Self.paidTwice(&world)
    try world.wait(seconds: 1)
    world.decideRefunds(of: twice, .failed)
    try world.wait(seconds: 60)
    #expect(try Self.amounts(&world, twice) == ["FAILED 990", "REQUESTED 990"])
    let console = Self.news(
      .succeeded, isTotal ? nil : "console", nil,
      isTotal ? .ofPaymentSoFar(Self.cny(146)) : .ofRefund(Self.cny(146)))
    _ = try world.tell(twice, console, key: "console")
    #expect(
      try Self.amounts(&world, twice)
        == ["FAILED 990", "FAILED 990", "SUCCEEDED 146", "REQUESTED 844"])
    // Whoever settles the order again asks about those that failed.
    _ = try world.connection.execute(
      "UPDATE refunds SET attempts = attempts + 20 WHERE status = 'FAILED'")
    try world.wait(seconds: 700)
    world.decideOpenRefunds(of: twice, .failed)
    try world.wait(seconds: 60)
    #expect(
      try Self.amounts(&world, twice).suffix(2) == ["FAILED 844", "REQUESTED 844"])
    try world.wait(seconds: 700)
    world.decideOpenRefunds(of: twice, .succeeded)
    for _ in 0..<3 { try world.wait(seconds: 700) }
    #expect(try Self.amounts(&world, twice).suffix(2) == ["FAILED 844", "SUCCEEDED 844"])
    #expect(try world.suspense() == [])
    try world.expectSound()
  }

  @Test func `a refund that was asked for gives way only where it finds no room`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 500)
    let first = Self.news(.succeeded, "c1", nil, .ofRefund(Self.cny(490)))
    #expect(try world.tell(payment, first, key: "1") == .settled(.refund(.succeeded)))
    #expect(try Self.amounts(&world, payment) == ["REQUESTED 500", "SUCCEEDED 490"])
    let second = Self.news(.succeeded, "c2", nil, .ofRefund(Self.cny(1)))
    #expect(try world.tell(payment, second, key: "2") == .settled(.refundInPlace(.succeeded)))
    #expect(
      try Self.amounts(&world, payment) == ["FAILED 500", "SUCCEEDED 490", "SUCCEEDED 1"])
    try world.expectSound()
  }
}
