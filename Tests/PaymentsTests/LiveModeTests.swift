import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What was begun as a test and turned out to be live money.
@Suite struct LiveModeTests {
  @Test func `a payment noted as a test that a live address reports leaves the books sound`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .alipay)
    #expect(!payment.facts.account.isLive)
    world.payAtProvider(payment)
    let now = world.clock.clock.now()
    let event = try #require(
      ProviderEvent(
        provider: .alipay, eventKey: "live", source: .notification,
        kind: .succeeded(ReportedAmount(payment.facts.amount)), outTradeNo: payment.outTradeNo,
        providerTransactionID: "T\(payment.outTradeNo)",
        account: ProviderAccount(merchant: payment.facts.account.merchant, isLive: true),
        occurredAt: now))
    var receipt: Receipt?
    try world.act { software, _ in
      receipt = try software.settlements.submit(
        ReceivedEvent(event: event, body: nil, receivedAt: now))
    }
    #expect(receipt == .settled(.credited))
    #expect(try world.balance() == 107)
    try world.expectSound()
  }
}
