import Audit
import Crypto
import Database
import Kit
import Ledger
import Orders
import Provider
import Synchronization
import Testing
import Vocabulary

@testable import Payments

/// A world without trouble, in which a test says what happens.
extension World {
  static func calm(limits: PurchaseLimits = World.noLimits) throws -> World {
    let world = try World(seed: 7, limits: limits)
    world.endTrouble()
    return world
  }

  var user: UserID { userIDs[0] }

  func provider(_ method: PaymentMethod) -> SimulatedProvider {
    providers[providers.firstIndex { $0.method == method } ?? 0]
  }

  /// The first user buys; the payment by which they go on.
  mutating func buy(by method: PaymentMethod) throws -> Payment {
    let purchase = PurchaseRequest(
      buyer: buyer(user), packageID: packageID, method: method, idempotency: nil)
    var outcome: CheckoutOutcome?
    try act { software, connection in
      outcome = try software.checkout.create(purchase, on: &connection)
    }
    return try payment(of: outcome)
  }

  /// Another method for the order of a payment.
  mutating func turn(_ payment: Payment, to method: PaymentMethod) throws -> CheckoutOutcome? {
    let request = PayAgainRequest(
      buyer: buyer(user), orderNumber: try number(of: payment), method: method)
    var outcome: CheckoutOutcome?
    try act { software, connection in
      outcome = try software.checkout.payAgain(request, on: &connection)
    }
    return outcome
  }

  func payment(of outcome: CheckoutOutcome?) throws -> Payment {
    guard case .ready(let checkout) = outcome else {
      throw Broken(what: "no payment: \(String(describing: outcome))")
    }
    return checkout.payment
  }

  mutating func number(of payment: Payment) throws -> OrderNumber {
    let text = try connection.first(
      "SELECT order_no FROM coin_orders WHERE id = \(payment.orderID)", as: String.self)
    return try #require(text.flatMap { OrderNumber($0) })
  }

  mutating func cancel(_ payment: Payment) throws {
    let (number, user) = (try number(of: payment), user)
    try act { software, connection in
      _ = try software.checkout.cancel(number, of: user, on: &connection)
    }
  }

  mutating func refund(_ payment: Payment, _ amount: Int64? = nil) throws -> RefundAnswer? {
    let money = try amount.map {
      try #require(Money(minorUnits: $0, currency: payment.facts.amount.currency))
    }
    let wish = try #require(
      RefundWish(
        orderNumber: try number(of: payment), amount: money,
        by: Operation(by: "test", saying: "test"),
        rule: .takeBack, key: nil))
    var answer: RefundAnswer?
    try act { software, connection in
      answer = try RefundDesk(registry: software.checkout.registry, clock: software.clock)
        .request(wish, on: &connection)
    }
    return answer
  }

  /// A notification of a payment's provider, as if it were signed.
  mutating func tell(
    _ payment: Payment, _ kind: ProviderEvent.Kind, key: String? = nil, transaction: String? = nil,
    ours: String? = nil, at moment: Timestamp? = nil
  ) throws -> Receipt? {
    let columns = EventKindColumns(kind)
    let usual = "told:\(payment.outTradeNo):\(columns.kind):\(columns.newsStatus ?? "")"
    let event = try #require(
      ProviderEvent(
        provider: payment.facts.provider, eventKey: key ?? usual,
        source: .notification, kind: kind, outTradeNo: ours ?? payment.outTradeNo,
        providerTransactionID: transaction ?? "T\(payment.outTradeNo)",
        account: payment.facts.account, occurredAt: moment ?? clock.clock.now()))
    let received = ReceivedEvent(event: event, body: nil, receivedAt: clock.clock.now())
    var receipt: Receipt?
    try act { software, _ in receipt = try software.settlements.submit(received) }
    return receipt
  }

  /// The buyer has paid, and the provider says so.
  mutating func pay(_ payment: Payment) throws -> Receipt? {
    payAtProvider(payment)
    return try tell(payment, .succeeded(ReportedAmount(payment.facts.amount)))
  }

  func payAtProvider(_ payment: Payment) {
    provider(payment.facts.provider).state.withLock {
      $0.trades[payment.outTradeNo]?.state = .paid
    }
  }

  /// What banks decide about all refunds of a payment that they have been asked for.
  func decideRefunds(of payment: Payment, _ status: RefundNews.Status) {
    provider(payment.facts.provider).state.withLock { state in
      for number in state.trades[payment.outTradeNo]?.refunds.keys.sorted() ?? [] {
        state.trades[payment.outTradeNo]?.refunds[number]?.status = status
      }
    }
  }

  /// What banks decide about those refunds of a payment that are open.
  func decideOpenRefunds(of payment: Payment, _ status: RefundNews.Status) {
    provider(payment.facts.provider).state.withLock { state in
      let open = state.trades[payment.outTradeNo]?.refunds.filter { $0.value.status == .pending }
      for number in (open ?? [:]).keys {
        state.trades[payment.outTradeNo]?.refunds[number]?.status = status
      }
    }
  }

  /// Time goes on, and the caretaker does what is due.
  mutating func wait(seconds: Int64) throws {
    clock.advance(seconds: seconds)
    while try round() > 0 {}
  }

  mutating func balance() throws -> Int64 {
    try connection.first("SELECT balance FROM wallets WHERE user_id = \(user)", as: Int64.self) ?? 0
  }

  mutating func orderStatus(_ payment: Payment) throws -> String? {
    try connection.first(
      "SELECT status FROM coin_orders WHERE id = \(payment.orderID)", as: String.self)
  }

  mutating func status(_ payment: Payment) throws -> String? {
    try connection.first("SELECT status FROM payments WHERE id = \(payment.id)", as: String.self)
  }

  mutating func refunds(of payment: Payment) throws -> [String] {
    try connection.all(
      "SELECT status FROM refunds WHERE payment_id = \(payment.id) ORDER BY id", as: String.self)
  }

  mutating func suspense() throws -> [String] { try Suspense.open(in: &connection).map(\.reason) }

  /// Every rule of the tables holds, and wallets are what orders, refunds and disputes make them.
  mutating func expectSound() throws {
    software.end()
    for invariant in Invariant.all {
      let broken = try invariant.check(&connection)
      #expect(broken == [], "\(invariant.name)")
    }
    #expect(try wrongWallets() == [])
    #expect(locks.faults == [])
  }
}
