import Database
import Kit
import Orders
import Provider
import Testing
import Threads
import Vocabulary

@testable import Payments

/// A buyer who changes the method over and over costs little and leaves little open.
@Suite struct MethodChangeTests {
  private static let methods: [PaymentMethod] = [.stripe, .wechat]

  /// Changes the method until that is refused.
  /// - Returns: the number of changes.
  private static func changeOften(
    _ shop: ShopFixture, _ number: OrderNumber, closing: Bool
  ) throws -> (changes: Int, refusal: PurchaseLimit?) {
    for change in 0..<101 {
      let outcome = try shop.payAgain(number, methods[change % 2])
      if case .limitReached(let limit) = outcome { return (change, limit) }
      _ = try ShopFixture.ready(outcome)
      guard closing else { continue }
      for method in methods { _ = try shop.caretaker.askProvider(method, on: &shop.connection) }
    }
    return (101, nil)
  }

  private static func closes(_ shop: ShopFixture) -> [String] {
    [shop.yuan, shop.dollar].flatMap { provider in
      provider.script.withLock { $0.closes.map(\.outTradeNo) }
    }
  }

  @Test func `few payments of an order are open at the same time`() throws {
    let shop = try ShopFixture()
    for provider in [shop.yuan, shop.dollar] {
      provider.script.withLock { $0.close = { _ in .unknown(Cause(.unavailable)) } }
    }
    let number = try shop.buy(.wechat).order.number
    let (changes, refusal) = try Self.changeOften(shop, number, closing: false)
    #expect(changes == Checkout.openPaymentsMax - 1)
    #expect(refusal == .openPayments(max: Checkout.openPaymentsMax))
    // The request itself closes nothing.
    #expect(Self.closes(shop).isEmpty)
    // The latest can still be paid.
    let latest = changes % 2 == 0 ? PaymentMethod.wechat : .stripe
    _ = try ShopFixture.ready(try shop.payAgain(number, latest))
  }

  @Test func `an order changes its method ten times, and each old payment is closed once`() throws {
    let shop = try ShopFixture()
    shop.yuan.script.withLock { $0.query = Self.pending(shop.yuan) }
    shop.dollar.script.withLock { $0.query = Self.pending(shop.dollar) }
    let number = try shop.buy(.wechat).order.number
    let (changes, refusal) = try Self.changeOften(shop, number, closing: true)
    #expect(changes == Checkout.methodChangesMax)
    #expect(refusal == .methodChanges(max: Checkout.methodChangesMax))
    let closes = Self.closes(shop)
    #expect(closes.count == Checkout.methodChangesMax)
    #expect(Set(closes).count == closes.count)
    let open = try shop.connection.first(
      "SELECT COUNT(*) FROM payments WHERE status IN ('STARTING', 'PENDING')", as: Int64.self)
    #expect(open == 1)
  }

  private static func pending(
    _ provider: PlayedProvider
  ) -> @Sendable (PaymentReference) -> QueryOutcome {
    { payment in
      let event = ProviderEvent(
        provider: provider.method, eventKey: "query:\(payment.outTradeNo):pending", source: .query,
        kind: .pending, outTradeNo: payment.outTradeNo, providerTransactionID: nil,
        account: provider.account, occurredAt: Timestamp(unixSeconds: 1_800_000_000))
      return event.map { .event($0) } ?? .notFound
    }
  }

  @Test func `one user causes a bounded number of calls`() throws {
    let shop = try ShopFixture()
    shop.yuan.script.withLock { $0.start = { _ in .unknown(Cause(.unavailable)) } }
    let checkout = shop.makeCheckout(providerCallsMax: 3)
    func create() throws -> CheckoutOutcome {
      try checkout.create(
        PurchaseRequest(
          buyer: shop.buyer(), packageID: shop.packageID, method: .wechat,
          idempotency: NewCoinOrder.Idempotency(
            key: "one", requestHash: [UInt8](repeating: 1, count: 32))), on: &shop.connection)
    }
    for _ in 0..<3 {
      guard case .methodUnavailable = try create() else {
        Issue.record("not unavailable")
        return
      }
    }
    guard case .limitReached(.providerCalls) = try create() else {
      Issue.record("a fourth call was made")
      return
    }
    #expect(shop.yuan.script.withLock { $0.starts.count } == 3)
  }
}
