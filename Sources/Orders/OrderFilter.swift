import Database
public import Vocabulary

/// What a list of orders is narrowed down to.
public struct OrderFilter: Sendable {
  let condition: SQL
  /// When states are looked at: who shows them as of then shows what was filtered by.
  public let now: Timestamp?

  /// Every order.
  public init() { (condition, now) = ("", nil) }

  /// - Parameters:
  ///   - status: as a reader sees it at `now`.
  ///   - from: the earliest time of creation.
  ///   - until: the first moment after the latest.
  public init(status: OrderStatus?, from: Timestamp?, until: Timestamp?, now: Timestamp) {
    let ofStatus: SQL = status.map { "AND (\($0.stored(at: now).joined(by: " OR ")))" } ?? ""
    let since: SQL = if let from { "AND created_at >= \(from)" } else { "" }
    let before: SQL = if let until { "AND created_at < \(until)" } else { "" }
    condition = "\(ofStatus) \(since) \(before)"
    self.now = now
  }
}

extension OrderStatus {
  /// Conditions on the rows of orders that a reader sees in this state at a moment: what `shown(at:end:)` says, the
  /// other way round. Each names one stored state, so that an index leads to its rows; no row fits two of them.
  func stored(at moment: Timestamp) -> [SQL] {
    switch self {
    case .pending: ["(status = 'PENDING' AND expires_at > \(moment))"]
    case .expired: ["status = 'EXPIRED'", "(status = 'PENDING' AND expires_at <= \(moment))"]
    case .paid, .failed, .cancelled, .refunding, .refunded, .partiallyRefunded, .disputed:
      ["status = \(self)"]
    }
  }
}

extension [SQL] {
  func joined(by separator: SQL) -> SQL {
    dropFirst().reduce(first ?? "") { "\($0)\(separator)\($1)" }
  }
}
