import Database
import Kit
import Orders
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// A start that got no clear answer is repeated with what was sent before.
@Suite struct StartRepetitionTests {
  private static let key = NewCoinOrder.Idempotency(
    key: "one", requestHash: [UInt8](repeating: 1, count: 32))

  @Test func `whatever has changed meanwhile, the provider gets the same again`() throws {
    let shop = try ShopFixture()
    shop.yuan.script.withLock { $0.start = { _ in .unknown(Cause(.unavailable)) } }
    guard case .methodUnavailable = try shop.create(.wechat, key: Self.key) else {
      Issue.record("ready without an answer")
      return
    }
    let number = try #require(
      try shop.connection.first("SELECT order_no FROM coin_orders", as: OrderNumber.self))
    try shop.edit(name: "Renamed", prices: [("5.00", "CNY"), ("1.00", "USD")])
    shop.clock.advance(seconds: 60)
    let other = shop.buyer(language: "en", isMobile: true, address: "198.51.100.7")
    _ = try shop.payAgain(number, .wechat, buyer: other)
    _ = try shop.create(.wechat, key: Self.key, buyer: other)
    let moved = shop.makeCheckout(baseURL: "https://moved.example")
    _ = try moved.payAgain(
      PayAgainRequest(buyer: other, orderNumber: number, method: .wechat), on: &shop.connection)
    let starts = shop.yuan.script.withLock { $0.starts }
    #expect(starts.count == 4)
    #expect(Set(starts.map(\.request)).count == 1)
    #expect(Set(starts.map(\.outTradeNo)).count == 1)
    #expect(Set(starts.map(\.amount.description)) == ["9.90 CNY"])
  }

  @Test func `what is to be sent is kept, sealed, before it is sent`() throws {
    let shop = try ShopFixture()
    let database = shop.database
    let kept = Monitor<[UInt8]?>(nil)
    shop.yuan.script.withLock { script in
      script.start = { payment in
        var connection = Connection(database)
        let box = try? connection.first(
          "SELECT start_request FROM payments WHERE out_trade_no = \(payment.outTradeNo)",
          as: [UInt8]?.self)
        kept.withLock { $0 = box ?? nil }
        return .unavailable(Cause(.unavailable))
      }
    }
    _ = try shop.create(.wechat)
    let box = try #require(kept.withLock { $0 })
    let start = try #require(shop.yuan.script.withLock { $0.starts.first })
    #expect(!box.contains(sequence: Array("192.0.2.1".utf8)))
    let seal = StartRequestSeal(keyRing: shop.keyRing)
    #expect(seal.open(box, outTradeNo: start.outTradeNo) == start.request)
    #expect(seal.open(box, outTradeNo: start.outTradeNo + "_2") == nil)
  }

  @Test func `a payment of a version that kept nothing gets its request once`() throws {
    let shop = try ShopFixture()
    shop.yuan.script.withLock { $0.start = { _ in .unknown(Cause(.unavailable)) } }
    _ = try shop.create(.wechat, key: Self.key)
    _ = try shop.connection.execute("UPDATE payments SET start_request = NULL")
    _ = try shop.create(.wechat, key: Self.key)
    try shop.edit(name: "Renamed", prices: [("9.90", "CNY")])
    _ = try shop.create(.wechat, key: Self.key)
    let starts = shop.yuan.script.withLock { $0.starts }
    #expect(starts.count == 3)
    #expect(starts[1].request == starts[2].request)
  }

  @Test func `a repetition of a creation that is still running waits for it`() throws {
    let rush = try Rush(repetitions: 3)
    #expect(rush.answers == .init(ready: 3, beingMade: 0, other: 0))
    #expect(rush.orders == 1)
    #expect(rush.starts == 1)
  }

  @Test func `more repetitions than may wait are told that it is still being made`() throws {
    let rush = try Rush(repetitions: 1 + StartTurns.waitersOfOnePaymentMax + 3)
    #expect(
      rush.answers
        == .init(ready: 1 + StartTurns.waitersOfOnePaymentMax, beingMade: 3, other: 0))
    #expect(rush.orders == 1)
    #expect(rush.starts == 1)
  }

  @Test func `those who wait leave half of the threads to others`() {
    #expect(StartTurns(threads: 1).waitersMax == 1)
    #expect(StartTurns(threads: 16).waitersMax == 8)
  }
}

/// The same creation several times at the same moment, the first of which is held at the provider until
/// the others stand where they wait or have been answered.
private struct Rush {
  struct Answers: Equatable {
    var ready = 0
    var beingMade = 0
    var other = 0

    mutating func count(_ outcome: CheckoutOutcome?) {
      switch outcome {
      case .ready(let ready) where ready.presentation != nil: self.ready += 1
      case .beingMade: beingMade += 1
      default: other += 1
      }
    }
  }

  let answers: Answers
  let orders: Int64
  let starts: Int

  init(repetitions: Int) throws {
    let shop = try ShopFixture()
    let gate = Monitor(false)
    shop.yuan.script.withLock { script in
      script.start = { payment in
        _ = gate.wait(timeout: .seconds(20)) { $0 ? true : nil }
        return .started(
          StartedPayment(
            providerTransactionID: nil, presentation: .qrCode(text: payment.outTradeNo)))
      }
    }
    let (checkout, database) = (shop.checkout, shop.database)
    let key = NewCoinOrder.Idempotency(key: "one", requestHash: [UInt8](repeating: 1, count: 32))
    let request = PurchaseRequest(
      buyer: shop.buyer(), packageID: shop.packageID, method: .wechat, idempotency: key)
    let answers = Monitor(Answers())
    let threads = try (0..<repetitions).map { _ in
      try WorkerThread.start(name: "buyer", stackBytes: 1024 * 1024) {
        var connection = Connection(database)
        let outcome = try? checkout.create(request, on: &connection)
        answers.withLock { $0.count(outcome) }
      }
    }
    let deadline = ContinuousClock.now + .seconds(10)
    let waiters = min(repetitions - 1, StartTurns.waitersOfOnePaymentMax)
    while ContinuousClock.now < deadline {
      let waiting = try shop.connection.first(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'",
        as: Int64.self)
      let answered = answers.withLock { $0.ready + $0.beingMade + $0.other }
      if waiting == Int64(waiters), answered == repetitions - 1 - waiters { break }
    }
    gate.withLock { $0 = true }
    gate.notifyAll()
    for thread in threads { thread.join() }
    self.answers = answers.withLock { $0 }
    orders = try shop.connection.first("SELECT COUNT(*) FROM coin_orders", as: Int64.self) ?? 0
    starts = shop.yuan.script.withLock { $0.starts.count }
  }
}

extension [UInt8] {
  fileprivate func contains(sequence other: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: other) }
  }
}
