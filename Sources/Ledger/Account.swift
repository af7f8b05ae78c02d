/// One side of a ledger entry.
public enum Account: Hashable, Sendable {
  /// A user's wallet.
  case wallet(id: Int64)
  /// Where sold coins come from.
  case sales
  /// Where coins given on top of a sale come from.
  case bonus
  /// Where coins wait while a bank decides a dispute.
  case disputes
  /// Where operators take coins from that they give.
  case operators

  /// The name in the ledger: `wallet:17`, `sales`, `bonus`, `disputes`, `operators`.
  public var name: String {
    switch self {
    case .wallet(let id): "wallet:\(id)"
    case .sales: "sales"
    case .bonus: "bonus"
    case .disputes: "disputes"
    case .operators: "operators"
    }
  }
}
