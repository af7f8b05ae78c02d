import Audit
import Database
import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What whoever confirms a payment by hand is told.
@Suite struct ConfirmationOutcomeTests {
  private static func confirm(
    _ payment: Payment, _ world: inout World
  ) throws -> ConfirmationOutcome? {
    let wish = try #require(
      ConfirmationWish(
        orderNumber: try world.number(of: payment), outTradeNo: payment.outTradeNo,
        providerTransactionID: nil, by: Operation(by: "cli:test", saying: "test"), key: "k1"))
    var answer: ConfirmationOutcome?
    try world.act { software, connection in
      answer = try ConfirmationDesk(caretaker: software.caretaker, rule: TwoPersonRule())
        .request(wish, on: &connection)
    }
    return answer
  }

  @Test func `a payment that its provider confirms and that is booked needs nobody's word`() throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    world.payAtProvider(payment)
    #expect(try Self.confirm(payment, &world) == .providerConfirmed)
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `a payment that its provider confirms and that is held is not said to be booked`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let (user, now) = (world.user, world.clock.clock.now())
    _ = try world.connection.execute("UPDATE users SET erased_at = \(now) WHERE id = \(user)")
    _ = try world.pay(payment)
    #expect(try world.status(payment) == "SUSPICIOUS")
    #expect(try Self.confirm(payment, &world) == .providerUnbooked)
    #expect(try world.balance() == 0)
    try world.expectSound()
  }
}
