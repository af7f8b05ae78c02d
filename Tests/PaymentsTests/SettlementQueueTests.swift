import Database
import Kit
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// What waits in the queue is settled whatever else goes on.
@Suite struct SettlementQueueTests {
  private static func foreign(_ number: Int, at moment: Timestamp) throws -> ReceivedEvent {
    let event = try #require(
      ProviderEvent(
        provider: .alipay, eventKey: "foreign:\(number)", source: .notification,
        kind: .succeeded(ReportedAmount(minorUnits: 1, currencyCode: "CNY")),
        outTradeNo: "COIN_20200101_\(10_000_000 + number)", providerTransactionID: "X\(number)",
        account: ProviderAccount(merchant: "simulated", isLive: false), occurredAt: moment))
    return ReceivedEvent(event: event, body: nil, receivedAt: moment)
  }

  private static func state(_ number: Int, _ world: inout World) throws -> String? {
    try world.connection.first(
      "SELECT state FROM payment_events WHERE event_key = \("foreign:\(number)")", as: String.self)
  }

  @Test(arguments: SettlementQueue.Mode.allCases)
  func `new events never keep those that wait from being settled`(mode: SettlementQueue.Mode) throws
  {
    var world = try World.calm()
    let (desk, database, moment) = (
      world.software.desk, world.software.database, world.clock.clock.now()
    )
    world.software.end()
    let queue = SettlementQueue(desk: desk, mode: mode)
    let settler = try WorkerThread.start(name: "settler", stackBytes: 1024 * 1024) {
      var connection = Connection(database)
      queue.settleUntilStopped(on: &connection)
    }
    for result in desk.store([try Self.foreign(0, at: moment)], on: &world.connection) {
      _ = try result.get()
    }
    var number = 0
    let end = ContinuousClock.now + .seconds(20)
    while try Self.state(0, &world) != "SETTLED", ContinuousClock.now < end {
      number += 1
      _ = try queue.submit(try Self.foreign(number, at: moment))
    }
    #expect(try Self.state(0, &world) == "SETTLED")
    queue.stop()
    settler.join()
  }

  @Test func `a row that cannot be read holds up no other`() throws {
    var world = try World.calm()
    let (desk, moment) = (world.software.desk, world.clock.clock.now())
    world.software.end()
    let events = try (0..<3).map { try Self.foreign($0, at: moment) }
    for result in desk.store(events, on: &world.connection) { _ = try result.get() }
    _ = try world.connection.execute(
      "UPDATE payment_events SET provider = 'later pay' WHERE event_key = 'foreign:0'")
    _ = try desk.retryDue(on: &world.connection)
    #expect(try Self.state(1, &world) == "SETTLED" && Self.state(2, &world) == "SETTLED")
    for _ in 0..<InboxQueue.attemptsMax {
      world.clock.advance(seconds: InboxQueue.delaySecondsMax)
      _ = try desk.retryDue(on: &world.connection)
    }
    #expect(try Self.state(0, &world) == "PARKED")
  }

  @Test func `an order that is locked for long delays its own event only`() throws {
    var world = try World.calm()
    let (locked, free) = (try world.buy(by: .alipay), try world.buy(by: .wechat))
    // Its settler would take the event up by itself and wait for the order.
    world.software.end()
    let (desk, moment) = (world.software.desk, world.clock.clock.now())
    let events = try [locked, free].map { payment in
      let event = try #require(
        ProviderEvent(
          provider: payment.facts.provider, eventKey: "paid:\(payment.outTradeNo)",
          source: .notification, kind: .succeeded(ReportedAmount(payment.facts.amount)),
          outTradeNo: payment.outTradeNo, providerTransactionID: "T\(payment.outTradeNo)",
          account: payment.facts.account, occurredAt: moment))
      return ReceivedEvent(event: event, body: nil, receivedAt: moment)
    }
    var holder = Connection(world.software.database)
    var settler = Connection(world.software.database)
    _ = try settler.execute("SET innodb_lock_wait_timeout = 1")
    try holder.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      _ = try transaction.first(
        "SELECT id FROM coin_orders WHERE id = \(locked.orderID) FOR UPDATE", as: Int64.self)
      let receipts = desk.receive(events, on: &settler)
      #expect(receipts.map { try? $0.get() } == [.deferred, .settled(.credited)])
      // The queue goes on with others, and the event waits longer.
      _ = try desk.retryDue(on: &settler)
      let attempts = try settler.first(
        "SELECT attempts FROM payment_events WHERE state = 'PENDING'", as: Int64.self)
      #expect(attempts == 1)
      return .commit(())
    }
    world.clock.advance(seconds: 5)
    _ = try desk.retryDue(on: &settler)
    #expect(try world.balance() == 214)
    try world.expectSound()
  }
}
