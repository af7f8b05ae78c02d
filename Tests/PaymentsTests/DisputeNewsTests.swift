import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What news of a dispute that is known changes: what it is about, and what came about when.
@Suite struct DisputeNewsTests {
  typealias Told = (second: Int64, status: DisputeNews.Status, amount: Int64)

  static let lives: [(news: [Told], coins: Int64)] = [
    // Asked about a third, then all of it is withdrawn.
    ([(10, .inquiry, 50), (20, .opened, 149)], 0),
    // Grows, and is lost: 100 of 149 keep 68 of 100 coins and 5 of 7.
    ([(10, .opened, 50), (20, .opened, 149), (30, .lost, 100)], 34),
    // Shrinks while it is open.
    ([(10, .opened, 149), (20, .opened, 50)], 70),
    // Said twice in one second: the larger amount counts.
    ([(10, .opened, 50), (10, .opened, 149)], 0),
    // Grows and is won: all comes back.
    ([(10, .opened, 50), (20, .opened, 149), (30, .won, 149)], 107),
    // Grows when it is withdrawn again.
    ([(10, .opened, 50), (20, .won, 50), (30, .lost, 149)], 0),
  ]

  @Test(arguments: lives.indices)
  func `a dispute is about the amount that was told last, in whatever order`(place: Int) throws {
    let (news, coins) = Self.lives[place]
    var world = try World.calm()
    var kept: Int64 = 0
    for order in MoneyBackOrderTests.permutations(Array(news.indices)) {
      let payment = try world.buy(by: .stripe)
      _ = try world.pay(payment)
      let start = world.clock.clock.now()
      for step in order {
        let told = news[step]
        _ = try world.tell(
          payment,
          MoneyBackOrderTests.dispute(told.status, told.amount, "du_\(payment.outTradeNo)"),
          key: "\(payment.outTradeNo):\(step)", at: start.adding(seconds: told.second))
      }
      kept += coins
      #expect(try world.balance() == kept, "\(order)")
    }
    try world.expectSound()
  }

  @Test func `a dispute that grows beside a refund takes the rest, and gives back when it shrinks`()
    throws
  {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    // Of 100 and 7 coins: 49 of 149 are 33 and 3, 99 are 67 and 5.
    let life: [(ProviderEvent.Kind, Int64)] = [
      (MoneyBackOrderTests.refund(.succeeded, 49), 71),
      (MoneyBackOrderTests.dispute(.opened, 50), 35),
      (MoneyBackOrderTests.dispute(.opened, 149), 0),
      (MoneyBackOrderTests.dispute(.opened, 50), 35),
      (MoneyBackOrderTests.dispute(.won, 50), 71),
    ]
    for (step, item) in life.enumerated() {
      world.clock.advance(seconds: 5)
      _ = try world.tell(payment, item.0, key: "\(step)")
      #expect(try world.balance() == item.1, "step \(step)")
    }
    try world.expectSound()
  }

  @Test func `a dispute whose news came while our clock was far ahead goes on`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    _ = try world.pay(payment)
    let now = world.clock.clock.now()
    _ = try world.tell(
      payment, MoneyBackOrderTests.dispute(.opened, 149), key: "1",
      at: now.adding(seconds: 26 * 3_600))
    #expect(try world.balance() == 0)
    _ = try world.tell(
      payment, MoneyBackOrderTests.dispute(.won, 149), key: "2", at: now.adding(seconds: 60))
    #expect(try world.balance() == 107)
    try world.expectSound()
  }
}
