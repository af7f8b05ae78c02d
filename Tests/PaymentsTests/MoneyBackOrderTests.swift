import Audit
import Database
import Kit
import Ledger
import Operators
import Provider
import Testing
import Vocabulary

@testable import Payments

/// In whatever order news of one payment becomes known, it ends in one state.
@Suite struct MoneyBackOrderTests {
  /// Something that the provider says, with the second in which it came about.
  typealias News = (second: Int64, kind: ProviderEvent.Kind)

  static func usd(_ minorUnits: Int64) -> ReportedAmount {
    ReportedAmount(minorUnits: minorUnits, currencyCode: "USD")
  }

  static func dispute(_ status: DisputeNews.Status, _ amount: Int64, _ id: String = "du_1")
    -> ProviderEvent.Kind
  {
    .dispute(
      DisputeNews(
        status: status, disputeID: id, amount: usd(amount), respondBy: nil,
        reason: Cause(.suspectedFraud)))
  }

  static func refund(_ status: RefundNews.Status, _ amount: Int64, _ number: String = "re_1")
    -> ProviderEvent.Kind
  {
    .refund(
      RefundNews(
        status: status, outRequestNo: nil, providerRefundID: number, amount: .ofRefund(usd(amount)),
        cause: nil))
  }

  static let lives: [(news: [News], coins: Int64, status: String)] = [
    // 49 of 149 stay given back: 33 of 100 coins and 3 of 7.
    (
      [
        (0, .succeeded(usd(149))), (10, refund(.succeeded, 49)), (20, dispute(.opened, 149)),
        (30, dispute(.opened, 149)), (40, dispute(.won, 149)),
      ], 71, "PARTIALLY_REFUNDED"
    ),
    // All that happens within one second.
    (
      [
        (0, .succeeded(usd(149))), (0, refund(.succeeded, 49)), (0, dispute(.inquiry, 50)),
        (0, dispute(.opened, 50)), (0, dispute(.lost, 50)),
      ], 35, "DISPUTED"
    ),
    // Two disputes of the halves, one won.
    (
      [
        (0, .succeeded(usd(149))), (10, dispute(.opened, 75)), (11, dispute(.opened, 74, "du_2")),
        (20, dispute(.lost, 75)), (21, dispute(.won, 74, "du_2")),
      ], 52, "DISPUTED"
    ),
    // Decided for us, then withdrawn again.
    (
      [
        (0, .succeeded(usd(149))), (10, dispute(.opened, 50)), (20, dispute(.won, 50)),
        (30, dispute(.opened, 50)), (40, dispute(.lost, 50)),
      ], 70, "DISPUTED"
    ),
  ]

  @Test(arguments: lives.indices)
  func `all orders of five events end in one state`(place: Int) throws {
    let (news, coins, status) = Self.lives[place]
    var world = try World.calm()
    var payments: [(payment: Payment, order: [Int])] = []
    for order in Self.permutations(Array(news.indices)) {
      let payment = try world.buy(by: .stripe)
      world.payAtProvider(payment)
      let start = world.clock.clock.now()
      for (step, item) in order.enumerated() {
        _ = try world.tell(
          payment, news[item].kind, key: "\(payment.outTradeNo):\(step)",
          at: start.adding(seconds: news[item].second))
      }
      payments.append((payment, order))
    }
    for _ in 0..<4 { try world.wait(seconds: 600) }
    let keptOf = try world.connection.all(
      """
      SELECT o.id, CAST(SUM(IF(e.credit_account LIKE 'wallet:%', e.coins, -e.coins)) AS SIGNED)
      FROM coin_orders o JOIN ledger_entries e ON e.order_id = o.id GROUP BY o.id
      """, as: (OrderID, Int64).self)
    let kept = Dictionary(uniqueKeysWithValues: keptOf)
    for (payment, order) in payments {
      #expect(kept[payment.orderID] == coins, "\(order)")
      #expect(try world.orderStatus(payment) == status, "\(order)")
    }
    #expect(try world.balance() == coins * Int64(payments.count))
    try world.expectSound()
  }

  static func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { place in
      var rest = items
      let first = rest.remove(at: place)
      return permutations(rest).map { [first] + $0 }
    }
  }

  @Test func `a refund that fails beside a dispute of the rest gives back its share`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 49)
    try world.wait(seconds: 1)
    _ = try world.tell(payment, Self.dispute(.opened, 100))
    #expect(try world.balance() == 0)
    world.decideRefunds(of: payment, .failed)
    try world.wait(seconds: 60)
    // 68 of 100 coins and 5 of 7 belong to the dispute.
    #expect(try world.balance() == 34 && world.refunds(of: payment) == ["FAILED"])
    _ = try world.tell(payment, Self.dispute(.won, 100))
    #expect(try world.balance() == 107 && world.orderStatus(payment) == "PAID")
    try world.expectSound()
  }

  @Test func `a claim that begins again while another holds all takes over when that one ends`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    let life: [(News, balance: Int64)] = [
      ((10, Self.dispute(.opened, 149)), 0), ((20, Self.dispute(.won, 149)), 107),
      ((30, Self.dispute(.opened, 149, "du_2")), 0), ((40, Self.dispute(.lost, 149)), 0),
      ((50, Self.dispute(.won, 149, "du_2")), 0), ((60, Self.dispute(.won, 149)), 107),
    ]
    let start = world.clock.clock.now()
    for (news, balance) in life {
      _ = try world.tell(
        payment, news.kind, key: "claim:\(news.second)", at: start.adding(seconds: news.second))
      #expect(try world.balance() == balance, "after \(news.second) s")
    }
    try world.expectSound()
  }

  @Test func `a refund that succeeds after its failure takes over what a dispute held`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 49)
    try world.wait(seconds: 1)
    world.decideRefunds(of: payment, .failed)
    try world.wait(seconds: 60)
    #expect(try world.balance() == 107 && world.refunds(of: payment) == ["FAILED"])
    _ = try world.tell(payment, Self.dispute(.opened, 149))
    world.decideRefunds(of: payment, .succeeded)
    let number = "\(payment.outTradeNo)_R1"
    _ = try world.tell(
      payment,
      .refund(
        RefundNews(
          status: .succeeded, outRequestNo: number, providerRefundID: nil,
          amount: .ofRefund(Self.usd(49)), cause: nil)), key: "revived")
    for _ in 0..<4 { try world.wait(seconds: 600) }
    #expect(try world.balance() == 0 && world.refunds(of: payment) == ["SUCCEEDED"])
    _ = try world.tell(payment, Self.dispute(.won, 149))
    #expect(try world.balance() == 71 && world.orderStatus(payment) == "PARTIALLY_REFUNDED")
    try world.expectSound()
  }

  @Test func `parts of a refund add up when the one in the middle fails`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    for (amount, end) in [(10, true), (35, false), (10, true), (129, true)] as [(Int64, Bool)] {
      _ = try world.refund(payment, amount)
      try world.wait(seconds: 1)
      world.decideOpenRefunds(of: payment, end ? .succeeded : .failed)
      try world.wait(seconds: 60)
    }
    #expect(try world.balance() == 0 && world.orderStatus(payment) == "REFUNDED")
    try world.expectSound()
  }

  @Test func `a dispute takes nothing of other orders, and what was spent is told`() throws {
    var world = try World.calm()
    let (first, second) = (try world.buy(by: .stripe), try world.buy(by: .stripe))
    _ = try world.pay(first)
    _ = try world.pay(second)
    for id in ["du_a", "du_b"] {
      _ = try world.tell(first, Self.dispute(.opened, 149, id), key: id)
    }
    #expect(try world.balance() == 107)
    try world.expectSound()
  }

  @Test func `more coins than one posting may have are frozen all the same`() throws {
    var world = try World.calm()
    let million = Int64(1_000_000_000_000)
    _ = try world.connection.execute(
      "UPDATE coin_packages SET coins = \(million), bonus_coins = \(million)")
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    #expect(try world.balance() == 2 * million)
    _ = try world.tell(payment, Self.dispute(.opened, 149), key: "1")
    #expect(try world.balance() == 0)
    _ = try world.tell(payment, Self.dispute(.won, 149), key: "2")
    #expect(try world.balance() == 2 * million)
    try world.expectSound()
  }

  @Test func `a dispute that changes its end is followed`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    let ends: [(DisputeNews.Status, Int64, Bool)] = [
      (.opened, 70, false), (.lost, 70, false), (.won, 107, true), (.opened, 70, true),
      (.won, 107, false), (.lost, 70, true),
    ]
    for (step, end) in ends.enumerated() {
      world.clock.advance(seconds: 5)
      let receipt = try world.tell(payment, Self.dispute(end.0, 50), key: "\(step)")
      #expect(
        receipt
          == .settled(.dispute(end.0, respondBy: nil, hasChangedEnd: end.2)), "step \(step)")
      #expect(try world.balance() == end.1, "step \(step)")
    }
    try world.expectSound()
  }

  @Test func `a dispute that stands again holds what it takes then, not what it took before`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    let life: [(ProviderEvent.Kind, Int64)] = [
      (Self.dispute(.opened, 75), 52), (Self.dispute(.won, 75), 107),
      (Self.refund(.succeeded, 149), 0), (Self.dispute(.lost, 75), 0),
      (Self.dispute(.won, 75), 0),
    ]
    for (step, item) in life.enumerated() {
      world.clock.advance(seconds: 5)
      _ = try world.tell(payment, item.0, key: "\(step)")
      #expect(try world.balance() == item.1, "step \(step)")
    }
    try world.expectSound()
  }

  @Test func `two consoles may choose one number`() throws {
    var world = try World.calm()
    for _ in 0..<2 {
      let payment = try world.buy(by: .alipay)
      _ = try world.pay(payment)
      let news = RefundNews(
        status: .succeeded, outRequestNo: "1", providerRefundID: nil,
        amount: .ofRefund(ReportedAmount(minorUnits: 990, currencyCode: "CNY")))
      #expect(
        try world.tell(payment, .refund(news), key: payment.outTradeNo + "refund")
          == .settled(.refund(.succeeded)))
      #expect(try world.balance() == 0 && world.orderStatus(payment) == "REFUNDED")
    }
    try world.expectSound()
  }

  @Test func `news about a suspicious payment waits until it is resolved, also parked`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.tell(payment, .succeeded(Self.usd(150)), key: "wrong")
    #expect(try world.status(payment) == "SUSPICIOUS")
    #expect(try world.tell(payment, Self.refund(.succeeded, 49), key: "r") == .deferred)
    #expect(try world.tell(payment, Self.dispute(.opened, 50), key: "d") == .deferred)
    for _ in 0..<40 { try world.wait(seconds: 900) }
    #expect(try Self.parked(&world) == 2)
    #expect(try world.pay(payment) == .settled(.credited))
    try world.wait(seconds: 1)
    #expect(try Self.parked(&world) == 0)
    #expect(try world.balance() == 35 && world.orderStatus(payment) == "DISPUTED")
    try world.expectSound()
  }

  @Test func `an older success does not credit what was said to be given back`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let paid = ReportedAmount(payment.facts.amount)
    #expect(try world.tell(payment, .refunded(paid)) == .settled(.suspicious(.refunded)))
    #expect(try world.tell(payment, Self.refund(.succeeded, 49), key: "r") == .deferred)
    #expect(try world.tell(payment, .succeeded(paid), key: "late") == .settled(.credited))
    try world.wait(seconds: 1)
    #expect(try world.balance() == 71 && world.orderStatus(payment) == "PARTIALLY_REFUNDED")
    #expect(try world.suspense() == [])
    try world.expectSound()
  }

  @Test func `a success that was held as given back counts once it is told how much that was`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let paid = ReportedAmount(payment.facts.amount)
    #expect(try world.tell(payment, .refunded(paid)) == .settled(.suspicious(.refunded)))
    #expect(
      try world.tell(payment, .succeeded(paid), key: "late") == .settled(.suspicious(.refunded)))
    #expect(try world.balance() == 0 && world.status(payment) == "SUSPICIOUS")
    #expect(
      try world.tell(payment, Self.refund(.succeeded, 49), key: "r")
        == .settled(.refund(.succeeded)))
    // Whoever repeats it says the same with the same key.
    #expect(try world.tell(payment, .succeeded(paid), key: "late") == .repeated)
    #expect(try world.balance() == 71 && world.orderStatus(payment) == "PARTIALLY_REFUNDED")
    #expect(try world.suspense() == [])
    try world.expectSound()
  }

  @Test func `what was held as given back and resolved by somebody stays as it is`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let paid = ReportedAmount(payment.facts.amount)
    _ = try world.tell(payment, .refunded(paid))
    _ = try world.tell(payment, .succeeded(paid), key: "late")
    let operation = Operation(by: "cli:test", saying: "all of it is back")
    for entry in try Suspense.open(in: &world.connection) {
      let isDone = try OpenMatter.suspense(entry.id).resolve(
        by: operation, on: &world.connection, at: world.clock.clock.now())
      #expect(isDone)
    }
    #expect(try world.tell(payment, Self.refund(.succeeded, 49), key: "r") == .deferred)
    #expect(try world.balance() == 0 && world.status(payment) == "SUSPICIOUS")
    try world.expectSound()
  }

  private static func yuan(_ number: String?, _ amount: RefundNews.Amount) -> ProviderEvent.Kind {
    .refund(
      RefundNews(status: .succeeded, outRequestNo: number, providerRefundID: nil, amount: amount))
  }

  private static func cny(_ minorUnits: Int64) -> ReportedAmount {
    ReportedAmount(minorUnits: minorUnits, currencyCode: "CNY")
  }

  /// A payment of 9.90 with a refund of 2.00 that failed here.
  private static func withFailedRefund(_ world: inout World) throws -> (Payment, String) {
    let payment = try world.buy(by: .alipay)
    _ = try world.pay(payment)
    _ = try world.refund(payment, 200)
    try world.wait(seconds: 1)
    let number = Refund.outRequestNo(payment.outTradeNo, 1)
    let failure = RefundNews(
      status: .failed, outRequestNo: number, providerRefundID: nil, amount: nil,
      cause: Cause(.other))
    _ = try world.tell(payment, .refund(failure), key: "failed")
    #expect(try world.refunds(of: payment) == ["FAILED"] && world.balance() == 107)
    world.clock.advance(seconds: 60)
    return (payment, number)
  }

  private static func amounts(
    of payment: Payment, _ world: inout World
  ) throws -> [Int64] {
    try world.connection.all(
      """
      SELECT amount FROM refunds WHERE payment_id = \(payment.id) AND status = 'SUCCEEDED'
      ORDER BY amount
      """, as: Int64.self)
  }

  @Test func `a total that holds a refund which failed here and was made is booked once`() throws {
    var world = try World.calm()
    let (payment, _) = try Self.withFailedRefund(&world)
    world.decideRefunds(of: payment, .succeeded)
    _ = try world.tell(payment, Self.yuan("C1", .ofRefund(Self.cny(300))), key: "c")
    #expect(
      try world.tell(payment, Self.yuan(nil, .ofPaymentSoFar(Self.cny(500))), key: "t")
        == .deferred)
    for _ in 0..<4 { try world.wait(seconds: 60) }
    #expect(try Self.amounts(of: payment, &world) == [200, 300])
    #expect(try world.refunds(of: payment).count == 2)
    try world.expectSound()
  }

  @Test func `a total beside a refund that failed and was not made is of the console`() throws {
    var world = try World.calm()
    let (payment, _) = try Self.withFailedRefund(&world)
    world.decideRefunds(of: payment, .failed)
    #expect(
      try world.tell(payment, Self.yuan(nil, .ofPaymentSoFar(Self.cny(200))), key: "t")
        == .deferred)
    for _ in 0..<4 { try world.wait(seconds: 60) }
    #expect(try world.refunds(of: payment) == ["FAILED", "SUCCEEDED"])
    #expect(try Self.amounts(of: payment, &world) == [200])
    try world.expectSound()
  }

  private static func parked(_ world: inout World) throws -> Int64? {
    try world.connection.first(
      "SELECT COUNT(*) FROM payment_events WHERE state = 'PARKED'", as: Int64.self)
  }
}
