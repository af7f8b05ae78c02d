import Database
import Kit
import Ledger
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What somebody with a database client puts away is found by the invariants.
@Suite struct PutAwayEventTests {
  @Test(arguments: [
    "DISCARDED", "READ", "IGNORED", "UNMATCHED", "SUSPICIOUS", "CONFIRMING", "REFUND_SUCCEEDED",
    "DISPUTE_WON", "ANYTHING",
  ])
  func `a success that waits cannot be made to look settled`(outcome: String) throws {
    var world = try World.calm()
    // What is proven begins with the migration that keeps the proof, and this world's clock is its own.
    _ = try world.connection.execute("UPDATE schema_migrations SET applied_at = '2000-01-01'")
    let payment = try world.buy(by: .stripe)
    let event = try #require(
      ProviderEvent(
        provider: .stripe, eventKey: "s1", source: .notification,
        kind: .succeeded(MoneyBackOrderTests.usd(149)), outTradeNo: payment.outTradeNo,
        providerTransactionID: "T\(payment.outTradeNo)", account: payment.facts.account,
        occurredAt: world.clock.clock.now()))
    let received = ReceivedEvent(event: event, body: nil, receivedAt: world.clock.clock.now())
    try world.act { software, connection in
      for result in software.desk.store([received], on: &connection) { _ = try result.get() }
    }
    for invariant in Invariant.all {
      #expect(try invariant.check(&world.connection) == [], "\(invariant.name)")
    }
    let isNameless = ["DISCARDED", "READ", "UNMATCHED"].contains(outcome)
    let paymentID: PaymentID? = isNameless ? nil : payment.id
    let changed = try world.connection.execute(
      """
      UPDATE payment_events SET state = 'SETTLED', outcome = \(outcome),
        payment_id = \(paymentID), settled_at = received_at, next_attempt_at = NULL
      WHERE event_key = 's1'
      """)
    #expect(changed.affectedRows == 1)
    var broken: [String] = []
    for invariant in Invariant.all where try !invariant.check(&world.connection).isEmpty {
      broken.append(invariant.name)
    }
    #expect(!broken.isEmpty)
  }
}
