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
    let other = shop.buyer(prefersChinese: false, isMobile: true, address: "198.51.100.7")
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
    let request = PurchaseRequest(
      buyer: shop.buyer(), packageID: shop.packageID, method: .wechat, idempotency: Self.key)
    let numbers = Monitor<[OrderNumber?]>([])
    let threads = try (0..<3).map { _ in
      try WorkerThread.start(name: "buyer", stackBytes: 1024 * 1024) {
        var connection = Connection(database)
        let outcome = try? checkout.create(request, on: &connection)
        var number: OrderNumber?
        if case .ready(let ready) = outcome, ready.presentation != nil {
          number = ready.order.number
        }
        numbers.withLock { $0.append(number) }
      }
    }
    let script = shop.yuan.script
    #expect(script.wait(timeout: .seconds(20)) { $0.starts.isEmpty ? nil : true } == true)
    // The two others stand at the lock before the first is let go.
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      let waiting = try shop.connection.first(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'",
        as: Int64.self)
      if waiting == 2 { break }
    }
    gate.withLock { $0 = true }
    gate.notifyAll()
    for thread in threads { thread.join() }
    let found = numbers.withLock { $0 }
    #expect(found.count == 3)
    #expect(!found.contains(nil))
    #expect(Set(found).count == 1)
    #expect(script.withLock { $0.starts.count } == 1)
  }
}

extension [UInt8] {
  fileprivate func contains(sequence other: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: other) }
  }
}
