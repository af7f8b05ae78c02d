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

  /// The name in the ledger: `wallet:17`, `sales`, `bonus`, `disputes`.
  public var name: String {
    switch self {
    case .wallet(let id): "wallet:\(id)"
    case .sales: "sales"
    case .bonus: "bonus"
    case .disputes: "disputes"
    }
  }
}
