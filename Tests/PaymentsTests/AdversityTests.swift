import Database
import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What may happen between a provider, a buyer and us that nobody would do on purpose.
@Suite struct AdversityTests {
  private static func dispute(_ status: DisputeNews.Status, _ payment: Payment)
    -> ProviderEvent.Kind
  {
    .dispute(
      DisputeNews(
        status: status, disputeID: "D1", amount: ReportedAmount(payment.facts.amount),
        respondBy: nil, reason: Cause(.suspectedFraud)))
  }

  private static func given(_ amount: Int64, _ payment: Payment) -> ProviderEvent.Kind {
    .refund(
      RefundNews(
        status: .succeeded, outRequestNo: "CONSOLE1", providerRefundID: nil,
        amount: .ofRefund(
          ReportedAmount(
            minorUnits: amount, currencyCode: payment.facts.amount.currency.code))))
  }

  @Test func `two methods paid credit once and give the second back, seen until it is back`() throws
  {
    var world = try World.calm()
    let card = try world.buy(by: .stripe)
    let code = try world.payment(of: try world.turn(card, to: .alipay))
    #expect(try world.pay(code) == .settled(.credited))
    #expect(try world.pay(card) == .settled(.duplicate))
    #expect(try world.balance() == 107 && world.suspense() == ["paid_twice"])
    try world.wait(seconds: 1)
    world.decideRefunds(of: card, .succeeded)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: card) == ["SUCCEEDED"] && world.suspense() == [])
    #expect(try world.balance() == 107 && world.orderStatus(code) == "PAID")
    try world.expectSound()
  }

  @Test func `money paid twice whose refunds fail is tried a few times and stays in sight`() throws
  {
    var world = try World.calm()
    let card = try world.buy(by: .stripe)
    let code = try world.payment(of: try world.turn(card, to: .alipay))
    _ = try world.pay(code)
    _ = try world.pay(card)
    for _ in 0..<12 {
      try world.wait(seconds: 1)
      world.decideRefunds(of: card, .failed)
      try world.wait(seconds: 600)
    }
    #expect(try world.refunds(of: card) == ["FAILED", "FAILED", "FAILED"])
    #expect(try world.suspense() == ["paid_twice"] && world.balance() == 107)
    try world.expectSound()
  }

  @Test func `a second payment after the first was given back is given back too`() throws {
    var world = try World.calm()
    let card = try world.buy(by: .stripe)
    let code = try world.payment(of: try world.turn(card, to: .wechat))
    _ = try world.pay(code)
    _ = try world.refund(code)
    try world.wait(seconds: 1)
    world.decideRefunds(of: code, .succeeded)
    try world.wait(seconds: 60)
    #expect(try world.orderStatus(code) == "REFUNDED" && world.balance() == 0)
    #expect(try world.pay(card) == .settled(.duplicate))
    try world.wait(seconds: 1)
    world.decideRefunds(of: card, .succeeded)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: card) == ["SUCCEEDED"])
    #expect(try world.orderStatus(code) == "REFUNDED" && world.balance() == 0)
    try world.expectSound()
  }

  @Test func `a cancelled order that is paid twice credits once`() throws {
    var world = try World.calm()
    let card = try world.buy(by: .stripe)
    let code = try world.payment(of: try world.turn(card, to: .alipay))
    // One was paid before it could be closed, the other all the same.
    world.payAtProvider(code)
    try world.cancel(code)
    #expect(try world.orderStatus(code) == "PAID" && world.balance() == 107)
    #expect(try world.pay(card) == .settled(.duplicate))
    #expect(try world.refunds(of: card) == ["REQUESTED"] && world.balance() == 107)
    try world.expectSound()
  }

  @Test func `money for a payment that was closed here credits its order`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    try world.wait(seconds: 3_600)
    #expect(try world.status(payment) == "CLOSED" && world.orderStatus(payment) == "EXPIRED")
    // What was closed may have been paid and given back since: Alipay's answer of now decides.
    #expect(try world.pay(payment) == .settled(.confirming))
    try world.wait(seconds: 60)
    #expect(try world.orderStatus(payment) == "PAID" && world.balance() == 107)
    try world.expectSound()
  }

  @Test func `another number for money that is booked is no second credit and no loss`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    let again = try world.tell(
      payment, .succeeded(ReportedAmount(payment.facts.amount)), key: "other", transaction: "T2")
    #expect(again == .settled(.suspicious(.transactionID)))
    #expect(try world.balance() == 107 && world.suspense() == ["transaction_id"])
    #expect(try world.status(payment) == "SUCCEEDED")
    try world.expectSound()
  }

  @Test func `another currency credits nothing, and the right one credits later`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let wrong = ReportedAmount(
      minorUnits: payment.facts.amount.minorUnits, currencyCode: Currency.cny.code)
    #expect(
      try world.tell(payment, .succeeded(wrong), key: "wrong") == .settled(.suspicious(.currency)))
    #expect(try world.balance() == 0 && world.status(payment) == "SUSPICIOUS")
    #expect(try world.pay(payment) == .settled(.credited))
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `the same key with other content changes nothing, and what it hid is found by asking`()
    throws
  {
    var world = try World.calm()
    let first = try world.buy(by: .alipay)
    let second = try world.buy(by: .alipay)
    let paid = ProviderEvent.Kind.succeeded(ReportedAmount(first.facts.amount))
    #expect(try world.tell(first, paid, key: "K") == .settled(.credited))
    world.payAtProvider(second)
    #expect(try world.tell(second, paid, key: "K") == .repeated)
    #expect(try world.balance() == 107)
    try world.wait(seconds: 16)
    #expect(try world.balance() == 214)
    try world.expectSound()
  }

  @Test func `coins of a refund that fails stay kept while a dispute is open`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 70)
    try world.wait(seconds: 1)
    #expect(try world.tell(payment, Self.dispute(.opened, payment)) != nil)
    #expect(try world.balance() == 0 && world.orderStatus(payment) == "DISPUTED")
    world.decideRefunds(of: payment, .failed)
    try world.wait(seconds: 60)
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 0)
    _ = try world.tell(payment, Self.dispute(.won, payment))
    #expect(try world.balance() == 107 && world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test
  func `news of a refund or dispute of a payment that seemed over makes us ask for the payment`()
    throws
  {
    for isRefund in [true, false] {
      var world = try World.calm()
      let payment = try world.buy(by: .stripe)
      try world.wait(seconds: 3_600)
      #expect(try world.status(payment) == "CLOSED")
      world.payAtProvider(payment)
      let news = isRefund ? Self.given(149, payment) : Self.dispute(.opened, payment)
      #expect(try world.tell(payment, news) == .deferred)
      let end = isRefund ? "REFUNDED" : "DISPUTED"
      // The settler of this life tries the news too, and may just have put it off.
      for _ in 0..<30 where try world.orderStatus(payment) != end { try world.wait(seconds: 30) }
      #expect(try world.status(payment) == "SUCCEEDED" && world.balance() == 0)
      #expect(try world.orderStatus(payment) == end)
      try world.expectSound()
    }
  }

  @Test func `a clock that is set back by hours loses nothing`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    try world.wait(seconds: 1_801)
    world.clock.advance(seconds: -7_200)
    #expect(try world.pay(payment) == .settled(.confirming))
    try world.wait(seconds: 60)
    #expect(try world.balance() == 107)
    _ = try world.refund(payment)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .succeeded)
    try world.wait(seconds: 7_300)
    #expect(try world.orderStatus(payment) == "REFUNDED" && world.balance() == 0)
    try world.expectSound()
  }

  @Test func `another currency does not lead around the limit of a day`() throws {
    var limits = World.noLimits
    limits.dailyAmountsMax = [.usd: 200]
    var world = try World.calm(limits: limits)
    _ = try world.pay(try world.buy(by: .stripe))
    let second = try world.buy(by: .alipay)
    guard case .limitReached(.dailyAmount) = try world.turn(second, to: .stripe) else {
      Issue.record("the limit was not kept")
      return
    }
    // What waits to be paid can be paid.
    #expect(try world.pay(second) == .settled(.credited))
    try world.expectSound()
  }
}
