import Testing

@testable import Payments

/// What refunds and disputes take of an order together.
@Suite struct CoinClaimsTests {
  /// An order of 100 coins, paid with 1.49.
  static let order = CoinClaims(paid: 149, coins: 100, bonusCoins: 0)
  static let plenty = Int64.max

  static func claim(_ name: CoinClaims.Name, _ amount: Int64) -> CoinClaims.Claim {
    CoinClaims.Claim(
      name: name, amount: amount, isStanding: false, takesCoins: true, held: .none)
  }

  static func begun(_ amounts: [(CoinClaims.Name, Int64)]) -> CoinClaims {
    var claims = order
    for (name, amount) in amounts {
      claims.put(claim(name, amount))
      #expect(claims.begin(name, available: plenty) == 0)
    }
    return claims
  }

  @Test func `a dispute takes its share, and two halves the whole`() {
    #expect(Self.begun([(.dispute("a"), 50)]).held.total == 34)
    var claims = Self.begun([(.dispute("a"), 75), (.dispute("b"), 74)])
    #expect(claims.held.total == 100)
    claims.end(.dispute("b"))
    #expect(claims.held.total == 51)
    claims.end(.dispute("a"))
    #expect(claims.held == .none)
  }

  @Test func `a refund that fails beside a dispute gives back what is due less`() {
    var claims = Self.begun([(.refund("r"), 49), (.dispute("a"), 100)])
    #expect(claims.held.total == 100)
    claims.end(.refund("r"))
    #expect(claims.held.total == 68)
    claims.end(.dispute("a"))
    #expect(claims.held == .none)
    #expect(claims.begin(.refund("r"), available: Self.plenty) == 0)
    #expect(claims.held.total == 33)
  }

  @Test func `disputes about more than was paid take the order and no more`() {
    var claims = Self.begun([(.dispute("a"), 1_000), (.dispute("b"), Int64.max)])
    #expect(claims.held.total == 100)
    // What one gives back the other is due to keep.
    claims.end(.dispute("a"))
    #expect(claims.held.total == 100 && claims[.dispute("b")]?.held.total == 100)
    claims.end(.dispute("b"))
    #expect(claims.held == .none)
    #expect(Self.begun([(.dispute("c"), Int64.min)]).held == .none)
  }

  @Test func `coins that were spent are told and not taken of what comes later`() {
    var claims = Self.order
    claims.put(Self.claim(.dispute("a"), 75))
    #expect(claims.begin(.dispute("a"), available: 20) == 31)
    claims.put(Self.claim(.refund("r"), 74))
    #expect(claims.wanted(by: .refund("r")).total == 49)
    #expect(claims.begin(.refund("r"), available: 0) == 49)
    // What the dispute gives back belongs to the money of the refund.
    claims.end(.dispute("a"))
    #expect(claims.held.total == 20 && claims[.refund("r")]?.held.total == 20)
    claims.end(.refund("r"))
    #expect(claims.held == .none)
  }

  @Test
  func `a claim that grows takes what is there, and one that shrinks gives back what is too much`()
  {
    var claims = Self.begun([(.dispute("a"), 50), (.refund("r"), 49)])
    #expect(claims.held.total == 67)
    // All of it is due then: 33 coins more, of which 20 are there.
    #expect(claims.change(.dispute("a"), to: 149, available: 20) == 13)
    #expect(claims.held.total == 87 && claims[.refund("r")]?.held.total == 33)
    // Of those 87, 67 are due again.
    #expect(claims.change(.dispute("a"), to: 50, available: 0) == 0)
    #expect(claims.held.total == 67)
    claims.end(.dispute("a"))
    #expect(claims.held.total == 33)
  }

  @Test func `coins that are left by the rule are left`() {
    var claims = Self.order
    var left = Self.claim(.refund("l"), 49)
    left.takesCoins = false
    claims.put(left)
    #expect(claims.begin(.refund("l"), available: Self.plenty) == 0)
    claims.put(Self.claim(.refund("r"), 100))
    #expect(claims.begin(.refund("r"), available: Self.plenty) == 0)
    #expect(claims.held.total == 68)
  }

  @Test func `what an older version took too much comes back when a claim ends`() {
    var claims = CoinClaims(
      paid: 149, coins: 100, bonusCoins: 0,
      claims: ["a", "b"].map {
        CoinClaims.Claim(
          name: .dispute($0), amount: 75, isStanding: true, takesCoins: true,
          held: CoinShare(bought: 100, bonus: 0))
      })
    claims.end(.dispute("a"))
    #expect(claims.held.total == 51)
  }

  /// The oracle counts only amounts of what stands: no coins, no history.
  @Test
  func
    `any sequence of claims that begin, change, fail and come back ends in the share of the money`()
  {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let paid = Int64.random(in: 1...200, using: &generator)
      let coins = Int64.random(in: 1...300, using: &generator)
      let bonus = Int64.random(in: 0...20, using: &generator)
      var claims = CoinClaims(paid: paid, coins: coins, bonusCoins: bonus)
      var standing: [Int: Int64] = [:]
      var amounts: [Int: Int64] = [:]
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let number = Int.random(in: 0..<5, using: &generator)
        let name = number < 3 ? CoinClaims.Name.refund("\(number)") : .dispute("\(number)")
        if standing[number] != nil, number >= 3, Bool.random(using: &generator) {
          let amount = Int64.random(in: 1...(paid * 2), using: &generator)
          (amounts[number], standing[number]) = (amount, amount)
          #expect(claims.change(name, to: amount, available: coins + bonus) == 0)
        } else if standing.removeValue(forKey: number) != nil {
          claims.end(name)
        } else {
          let amount =
            amounts[number]
            ?? Int64.random(in: 1...(number < 3 ? paid : paid * 2), using: &generator)
          if amounts[number] == nil { claims.put(Self.claim(name, amount)) }
          (amounts[number], standing[number]) = (amount, amount)
          #expect(claims.begin(name, available: coins + bonus) == 0)
        }
        let gone = min(paid, standing.values.reduce(0, +))
        let expected = [coins, bonus].map { ($0 * gone + paid - 1) / paid }
        #expect([claims.held.bought, claims.held.bonus] == expected)
        #expect(claims.claims.allSatisfy { $0.held == $0.held.atLeastNone })
      }
    }
  }
}
