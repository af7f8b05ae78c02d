import Audit
import Database
import Kit
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Whose money it is: our number says so, and a provider's number belongs to one payment for ever.
@Suite struct NumberOwnerTests {
  private static func outcomes(of payment: Payment, _ world: inout World) throws -> [String] {
    try world.connection.all(
      """
      SELECT outcome FROM payment_events WHERE out_trade_no = \(payment.outTradeNo)
        AND outcome IS NOT NULL ORDER BY id
      """, as: String.self)
  }

  private static func desk(_ software: Software, limit: Int64 = 1_000_000) -> ConfirmationDesk {
    ConfirmationDesk(
      caretaker: software.caretaker, rule: TwoPersonRule(amounts: [.cny: limit, .usd: limit]))
  }

  private static func confirm(
    _ payment: Payment, number: String?, key: String, limit: Int64 = 1_000_000,
    _ world: inout World
  ) throws -> ConfirmationOutcome? {
    let wish = try #require(
      ConfirmationWish(
        orderNumber: try world.number(of: payment), outTradeNo: payment.outTradeNo,
        providerTransactionID: number, by: Operation(by: "one", saying: "seen in the console"),
        key: key))
    var outcome: ConfirmationOutcome?
    try world.act { software, connection in
      outcome = try desk(software, limit: limit).request(wish, on: &connection)
    }
    return outcome
  }

  private static func approve(_ id: Int64, _ world: inout World) throws -> ConfirmationOutcome? {
    var outcome: ConfirmationOutcome?
    try world.act { software, connection in
      outcome = try desk(software).approve(
        id, actor: "two", isAdministrator: false, on: &connection)
    }
    return outcome
  }

  @Test func `a payment confirmed with another's number does not swallow that one's money`() throws
  {
    var world = try World.calm()
    let (wrong, right) = (try world.buy(by: .alipay), try world.buy(by: .alipay))
    let number = "T\(right.outTradeNo)"
    guard case .settled = try Self.confirm(wrong, number: number, key: "k1", &world) else {
      Issue.record("the first confirmation was not settled")
      return
    }
    #expect(try world.pay(right) == .settled(.suspicious(.transactionID)))
    #expect(try world.status(right) == "SUSPICIOUS" && world.suspense() == ["transaction_id"])
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `an event that names another number of ours than its payment's is held`() throws {
    var world = try World.calm()
    let (first, second) = (try world.buy(by: .alipay), try world.buy(by: .alipay))
    #expect(try world.pay(first) == .settled(.credited))
    let money = ProviderEvent.Kind.succeeded(ReportedAmount(second.facts.amount))
    let stranger = try world.tell(
      first, money, key: "stranger", transaction: "T\(first.outTradeNo)",
      ours: "COIN_20200101_00000001")
    #expect(stranger == .settled(.suspicious(.outTradeNo)))
    let crossed = try world.tell(
      second, money, key: "crossed", transaction: "T\(first.outTradeNo)")
    #expect(crossed == .settled(.suspicious(.transactionID)))
    #expect(try world.status(first) == "SUCCEEDED" && world.status(second) == "SUSPICIOUS")
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `our number counts byte by byte`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    let receipt = try world.tell(
      payment, .succeeded(ReportedAmount(payment.facts.amount)), key: "small",
      ours: payment.outTradeNo.lowercased())
    #expect(receipt != .settled(.credited))
    #expect(try world.balance() == 0)
    try world.expectSound()
  }

  @Test func `money that was held is not confirmed for another payment`() throws {
    var world = try World.calm()
    let (wrong, held) = (try world.buy(by: .alipay), try world.buy(by: .alipay))
    let less = ReportedAmount(minorUnits: 1, currencyCode: "CNY")
    #expect(try world.tell(held, .succeeded(less)) == .settled(.suspicious(.amount)))
    #expect(
      try Self.confirm(wrong, number: "T\(held.outTradeNo)", key: "k1", &world) == .numberTaken)
    #expect(try world.balance() == 0)
    try world.expectSound()
  }

  @Test func `money booked on somebody's word is not confirmed for another payment`() throws {
    var world = try World.calm()
    let (wrong, right) = (try world.buy(by: .alipay), try world.buy(by: .alipay))
    guard case .settled = try Self.confirm(right, number: nil, key: "k1", &world) else {
      Issue.record("the first confirmation was not settled")
      return
    }
    #expect(try world.pay(right) == .settled(.ignored(.alreadySettled)))
    #expect(
      try Self.confirm(wrong, number: "T\(right.outTradeNo)", key: "k2", &world) == .numberTaken)
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `a number of a payment that nobody knows belongs to no payment that is known`() throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    let money = ProviderEvent.Kind.succeeded(ReportedAmount(payment.facts.amount))
    #expect(
      try world.tell(payment, money, transaction: "T9", ours: "COIN_20200101_00000001")
        == .settled(.unmatched))
    #expect(try Self.confirm(payment, number: "T9", key: "k1", &world) == .numberTaken)
    try world.expectSound()
  }

  @Test func `a number that was given away meanwhile stops the second person`() throws {
    var world = try World.calm()
    let (wrong, right) = (try world.buy(by: .alipay), try world.buy(by: .alipay))
    let number = "T\(right.outTradeNo)"
    guard
      case .waiting(let confirmation) = try Self.confirm(
        wrong, number: number, key: "k1", limit: 1, &world)
    else {
      Issue.record("nobody was asked to agree")
      return
    }
    #expect(try world.pay(right) == .settled(.credited))
    #expect(try Self.approve(confirmation.id, &world) == .numberTaken)
    #expect(try world.status(wrong) == "PENDING" && world.balance() == 107)
    #expect(try Self.outcomes(of: wrong, &world).allSatisfy { $0 == "IGNORED" })
    try world.expectSound()
  }

  @Test func `confirming a payment of an order that is paid says so`() throws {
    var world = try World.calm()
    let card = try world.buy(by: .stripe)
    let code = try world.payment(of: try world.turn(card, to: .alipay))
    #expect(try world.pay(code) == .settled(.credited))
    #expect(try Self.confirm(card, number: nil, key: "k1", &world) == .orderPaid)
    #expect(try Self.confirm(code, number: nil, key: "k2", &world) == .alreadyPaid)
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `a payment has one number at its provider`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    _ = try world.connection.execute(
      "UPDATE payments SET provider_txn_id = 'known' WHERE id = \(payment.id)")
    #expect(try Self.confirm(payment, number: "other", key: "k1", &world) == .numberTaken)
    guard case .settled = try Self.confirm(payment, number: "known", key: "k2", &world) else {
      Issue.record("the right number was refused")
      return
    }
    try world.expectSound()
  }

  @Test func `a number that was changed while a word waits for a second person is not believed`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    guard
      case .waiting(let confirmation) = try Self.confirm(
        payment, number: "T1", key: "k1", limit: 1, &world)
    else {
      Issue.record("nobody was asked to agree")
      return
    }
    _ = try world.connection.execute("UPDATE confirmations SET provider_txn_id = 'T2'")
    #expect(try Self.approve(confirmation.id, &world) == .altered)
    _ = try world.connection.execute("UPDATE confirmations SET provider_txn_id = 'T1'")
    guard case .settled = try Self.approve(confirmation.id, &world) else {
      Issue.record("what was asked for was not believed")
      return
    }
    try world.expectSound()
  }
}
