public import Database
public import Vocabulary

/// Coins to be moved into or out of a user's wallet; becomes one row of the ledger.
///
/// Invariant: `1 <= coins <= Limits.coinsMax`. `(kind, reference)` is unique in the ledger, which is
/// what makes a movement happen once even if every lock failed.
public struct Posting: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable, ColumnDecodable {
    case purchase = "PURCHASE"
    case bonus = "BONUS"
    /// Bought coins taken back when a refund is asked for.
    case refund = "REFUND"
    /// Bonus coins taken back when a refund is asked for.
    case refundBonus = "REFUND_BONUS"
    /// Bought coins given back because the refund failed.
    case refundReturn = "REFUND_RETURN"
    /// Bonus coins given back because the refund failed.
    case refundBonusReturn = "BONUS_RETURN"
    /// Coins taken while a bank decides a dispute.
    case disputeHold = "DISPUTE_HOLD"
    /// Coins given back because the dispute was won.
    case disputeRelease = "DISPUTE_RELEASE"
    /// Coins that an operator gave.
    case grant = "GRANT"
    /// Coins that an operator took.
    case deduction = "DEDUCTION"

    /// The system account on the other side of the entry.
    var counterpart: Account {
      switch self {
      case .purchase, .refund, .refundReturn: .sales
      case .bonus, .refundBonus, .refundBonusReturn: .bonus
      case .disputeHold, .disputeRelease: .disputes
      case .grant, .deduction: .operators
      }
    }

    /// Whether the coins come into the wallet.
    public var isCredit: Bool {
      switch self {
      case .purchase, .bonus, .refundReturn, .refundBonusReturn, .disputeRelease, .grant: true
      case .refund, .refundBonus, .disputeHold, .deduction: false
      }
    }
  }

  public let kind: Kind
  /// What caused it: the number of the order, refund, dispute or operator's action.
  public let reference: String
  public let userID: UserID
  public let coins: Int64
  /// Nil for coins without an order.
  public let orderID: OrderID?
  /// Nil when we began it ourselves.
  public let eventID: EventID?

  /// Nil when `coins` is out of bounds.
  public init?(
    kind: Kind, reference: String, userID: UserID, coins: Int64, orderID: OrderID?,
    eventID: EventID?
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
