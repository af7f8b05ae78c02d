public import Database
public import Vocabulary

/// Coins to be moved into a user's wallet; becomes one row of the ledger.
///
/// Invariant: `1 <= coins <= Limits.coinsMax`. `(kind, reference)` is unique in the ledger, which is
/// what makes a credit happen once even if every lock failed.
public struct Posting: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable, ColumnDecodable {
    case purchase = "PURCHASE"
    case bonus = "BONUS"

    /// The account that the coins come from.
    var source: Account {
      switch self {
      case .purchase: .sales
      case .bonus: .bonus
      }
    }
  }

  public let kind: Kind
  /// What caused it: the order number.
  public let reference: String
  public let userID: UserID
  public let coins: Int64
  public let orderID: OrderID
  public let eventID: EventID

  /// Nil when `coins` is out of bounds.
  public init?(
    kind: Kind, reference: String, userID: UserID, coins: Int64, orderID: OrderID,
    eventID: EventID
  ) {
    guard (1...Limits.coinsMax).contains(coins) else { return nil }
    self.kind = kind
    self.reference = reference
    self.userID = userID
    self.coins = coins
    self.orderID = orderID
    self.eventID = eventID
  }
}
