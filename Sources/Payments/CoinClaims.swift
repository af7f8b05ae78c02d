import Vocabulary

/// All that takes coins of one paid order: the refunds and the disputes of its payment.
///
/// What is due to be taken in all is the share of the order's coins that belongs to all the money that
/// is gone, never more than the order's coins. A claim that begins takes what is due more by it, one
/// that ends gives back what is due less: neither the order in which they become known nor failures in
/// between change what is taken in the end.
struct CoinClaims: Hashable {
  enum Name: Hashable {
    /// By its number at the provider.
    case refund(String)
    case dispute(String)
  }

  struct Claim: Hashable {
    let name: Name
    /// Minor units, as reported: may be more than was paid.
    var amount: Int64
    /// Whether its money is gone or on its way: not failed, not won.
    var isStanding: Bool
    /// Whether coins follow the money, by the rule under which it was begun.
    var takesCoins: Bool
    /// What left the wallet for it and has not come back.
    var held: CoinShare
  }

  /// Minor units.
  let paid: Int64
  let coins: Int64
  let bonusCoins: Int64
  /// Those that were known first come first.
  private(set) var claims: [Claim] = []

  init(paid: Int64, coins: Int64, bonusCoins: Int64, claims: [Claim] = []) {
    (self.paid, self.coins, self.bonusCoins) = (paid, coins, bonusCoins)
    self.claims = claims
  }

  subscript(name: Name) -> Claim? { claims.first { $0.name == name } }

  /// What all claims hold together.
  var held: CoinShare { claims.reduce(.none) { $0 + $1.held } }

  /// What is due to be taken in all.
  var due: CoinShare { due { $0.isStanding } }

  private func due(where stands: (Claim) -> Bool) -> CoinShare {
    let amount = claims.filter { $0.takesCoins && stands($0) }.reduce(Int64(0)) {
      min(paid, $0 + min(max(0, $1.amount), paid))
    }
    return share(of: amount)
  }

  private func share(of amount: Int64) -> CoinShare {
    CoinShare.of(
      min(max(0, amount), paid), before: 0, paid: paid, coins: coins, bonusCoins: bonusCoins)
  }

  /// Takes a claim's new facts, in its old place where it is known.
  mutating func put(_ claim: Claim) {
    if let place = claims.firstIndex(where: { $0.name == claim.name }) {
      claims[place] = claim
    } else {
      claims.append(claim)
    }
  }

  /// What a claim has to take when it stands: what is due more by it.
  func wanted(by name: Name) -> CoinShare {
    guard let claim = self[name], claim.takesCoins else { return .none }
    let before = due { $0.isStanding && $0.name != name }
    let after = due { $0.isStanding || $0.name == name }
    let others = claims.filter { $0.name != name }.reduce(CoinShare.none) { $0 + $1.held }
    return (after - before).atMost((after - others).atLeastNone)
  }

  /// Lets a claim stand and take its coins.
  ///
  /// - Parameter available: the coins that may leave the wallet.
  /// - Returns: the coins that it should have taken and could not.
  mutating func begin(_ name: Name, available: Int64) -> Int64 {
    guard let place = claims.firstIndex(where: { $0.name == name }) else { return 0 }
    let wanted = wanted(by: name)
    claims[place].isStanding = true
    claims[place].held = wanted.limited(to: available)
    return wanted.total - claims[place].held.total
  }

  /// Lets a claim that stands be about another amount: it takes what is due more by that, or gives back
  /// what is due less.
  ///
  /// - Parameter available: the coins that may leave the wallet.
  /// - Returns: the coins that it should have taken and could not.
  mutating func change(_ name: Name, to amount: Int64, available: Int64) -> Int64 {
    guard let place = claims.firstIndex(where: { $0.name == name }), claims[place].isStanding,
      claims[place].takesCoins
    else { return 0 }
    let dueBefore = due
    claims[place].amount = amount
    let excess = (held - due).atLeastNone
    let own = excess.atMost(claims[place].held)
    claims[place].held = claims[place].held - own
    giveBack(\.bought, excess.bought - own.bought)
    giveBack(\.bonus, excess.bonus - own.bonus)
    let more = (due - dueBefore).atLeastNone.atMost((due - held).atLeastNone)
    let taken = more.limited(to: available)
    claims[place].held = claims[place].held + taken
    return more.total - taken.total
  }

  /// Lets a claim give back what it took, as far as the others are not due to take it.
  mutating func end(_ name: Name) {
    guard let place = claims.firstIndex(where: { $0.name == name }) else { return }
    let returned = claims[place].held
    claims[place].held = .none
    claims[place].isStanding = false
    let open = due - held
    settle(\.bought, open.bought, returned.bought)
    settle(\.bonus, open.bonus, returned.bonus)
  }

  /// Brings what is held of one sort of coins to what is due.
  ///
  /// - Parameters:
  ///   - open: what is due more than is held; below zero for what is held too much.
  ///   - returned: what a claim has just given back, the most that others may take over.
  private mutating func settle(
    _ part: WritableKeyPath<CoinShare, Int64>, _ open: Int64, _ returned: Int64
  ) {
    if open < 0 { return giveBack(part, -open) }
    var rest = min(open, returned)
    let takers = claims.indices.filter { claims[$0].isStanding && claims[$0].takesCoins }
    for place in takers where rest > 0 {
      let whole = share(of: claims[place].amount)[keyPath: part]
      let more = min(rest, max(0, whole - claims[place].held[keyPath: part]))
      claims[place].held[keyPath: part] += more
      rest -= more
    }
    if let last = takers.last { claims[last].held[keyPath: part] += rest }
  }

  private mutating func giveBack(_ part: WritableKeyPath<CoinShare, Int64>, _ excess: Int64) {
    var rest = excess
    for place in claims.indices.reversed() where rest > 0 {
      let less = min(rest, claims[place].held[keyPath: part])
      claims[place].held[keyPath: part] -= less
      rest -= less
    }
  }
}
