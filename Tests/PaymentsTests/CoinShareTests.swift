import Testing

@testable import Payments

@Suite struct CoinShareTests {
  @Test func `parts take together what the whole takes`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let paid = Int64.random(in: 1...10_000_000_000, using: &generator)
      let coins = Int64.random(in: 0...1_000_000_000_000, using: &generator)
      let bonus = Int64.random(in: 0...1_000, using: &generator)
      var before: Int64 = 0
      var taken = CoinShare.none
      while before < paid {
        let amount = Int64.random(in: 1...(paid - before), using: &generator)
        let share = CoinShare.of(
          amount, before: before, paid: paid, coins: coins, bonusCoins: bonus)
        #expect(share.bought >= 0 && share.bonus >= 0)
        taken.bought += share.bought
        taken.bonus += share.bonus
        before += amount
      }
      #expect(taken == CoinShare(bought: coins, bonus: bonus))
    }
  }

  @Test func `the first part takes the odd coin`() {
    let share = CoinShare.of(1, before: 0, paid: 3, coins: 100, bonusCoins: 0)
    #expect(share == CoinShare(bought: 34, bonus: 0))
    #expect(
      CoinShare.of(2, before: 1, paid: 3, coins: 100, bonusCoins: 0)
        == CoinShare(bought: 66, bonus: 0))
  }

  @Test func `bonus coins go first when there are too few`() {
    let share = CoinShare(bought: 100, bonus: 20)
    #expect(share.limited(to: 200) == share)
    #expect(share.limited(to: 50) == CoinShare(bought: 30, bonus: 20))
    #expect(share.limited(to: 5) == CoinShare(bought: 0, bonus: 5))
    #expect(share.limited(to: 0) == .none)
    #expect(share.limited(to: -5) == .none)
  }
}
