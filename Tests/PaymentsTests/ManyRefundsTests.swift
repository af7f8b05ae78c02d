import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// More news in one answer than one transaction settles.
@Suite struct ManyRefundsTests {
  static let refunds = Limits.settlementGroupEventsMax + 6

  /// A payment's success with refunds of 0.02 each, as a provider lists them.
  static func answer(about payment: Payment, at moment: Timestamp) throws -> [ProviderEvent] {
    func event(_ key: String, _ kind: ProviderEvent.Kind) throws -> ProviderEvent {
      try #require(
        ProviderEvent(
          provider: .stripe, eventKey: key, source: .query, kind: kind,
          outTradeNo: payment.outTradeNo, providerTransactionID: "T\(payment.outTradeNo)",
          account: payment.facts.account, occurredAt: moment))
    }
    return try [event("paid", .succeeded(MoneyBackOrderTests.usd(149)))]
      + (1...refunds).map { number in
        try event("\(number)", MoneyBackOrderTests.refund(.succeeded, 2, "re_\(number)"))
      }
  }

  @Test func `all refunds of an answer are settled, however many`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let answer = try Self.answer(about: payment, at: world.clock.clock.now())
    try world.act { software, connection in
      try software.caretaker.receive(answer, on: &connection)
    }
    #expect(try world.refunds(of: payment).count == Self.refunds)
    // 140 of 149 are gone: 94 of 100 coins and 7 of 7.
    #expect(try world.balance() == 6)
    try world.expectSound()
  }
}
