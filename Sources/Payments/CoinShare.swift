import Vocabulary

/// The coins that belong to a part of an order's money.
struct CoinShare: Hashable {
  var bought: Int64
  var bonus: Int64

  var total: Int64 { bought + bonus }

  static let none = CoinShare(bought: 0, bonus: 0)

  static func + (left: CoinShare, right: CoinShare) -> CoinShare {
    CoinShare(bought: left.bought + right.bought, bonus: left.bonus + right.bonus)
  }

  static func - (left: CoinShare, right: CoinShare) -> CoinShare {
    CoinShare(bought: left.bought - right.bought, bonus: left.bonus - right.bonus)
  }

  /// Neither sort of coins below zero.
  var atLeastNone: CoinShare { CoinShare(bought: max(0, bought), bonus: max(0, bonus)) }

  /// Of neither sort more than another share has.
  func atMost(_ other: CoinShare) -> CoinShare {
    CoinShare(bought: min(bought, other.bought), bonus: min(bonus, other.bonus))
  }

  /// The coins of a refund, when `before` of the order's money was given back earlier.
  ///
  /// Shares are rounded up cumulatively: the first part takes the odd coin, and all parts together
  /// take exactly the order's coins.
  ///
  /// - Parameters:
  ///   - amount: minor units now given back.
  ///   - paid: minor units that were paid; above 0 and at least `before + amount`.
  static func of(
    _ amount: Int64, before: Int64, paid: Int64, coins: Int64, bonusCoins: Int64
  ) -> CoinShare {
    CoinShare(
      bought: part(coins, before + amount, paid) - part(coins, before, paid),
      bonus: part(bonusCoins, before + amount, paid) - part(bonusCoins, before, paid))
  }

  /// As much of the share as `available` coins allow: bonus coins go first, bought ones last.
  func limited(to available: Int64) -> CoinShare {
    let bonus = min(bonus, max(0, available))
    return CoinShare(bought: min(bought, max(0, available - bonus)), bonus: bonus)
  }

  /// `coins * amount / paid`, rounded up; the product may be larger than 64 bits.
  private static func part(_ coins: Int64, _ amount: Int64, _ paid: Int64) -> Int64 {
    guard paid > 0, amount > 0, coins > 0 else { return 0 }
    if amount >= paid { return coins }
    let product = coins.multipliedFullWidth(by: amount)
    let (quotient, remainder) = paid.dividingFullWidth(product)
    return remainder > 0 ? quotient + 1 : quotient
  }
}
