import Database
public import Vocabulary

/// What a list of orders is narrowed down to.
public struct OrderFilter: Sendable {
  let condition: SQL

  /// Every order.
  public init() { condition = "" }

  /// - Parameters:
  ///   - status: as a reader sees it at `now`.
  ///   - from: the earliest time of creation.
  ///   - until: the first moment after the latest.
  public init(status: OrderStatus?, from: Timestamp?, until: Timestamp?, now: Timestamp) {
    let ofStatus: SQL =
      switch status {
      case .pending: "AND status = 'PENDING' AND expires_at > \(now)"
      case .expired:
        "AND (status = 'EXPIRED' OR (status = 'PENDING' AND expires_at <= \(now)))"
      case .some(let status): "AND status = \(status)"
      case nil: ""
      }
    let since: SQL = if let from { "AND created_at >= \(from)" } else { "" }
    let before: SQL = if let until { "AND created_at < \(until)" } else { "" }
    condition = "\(ofStatus) \(since) \(before)"
  }
}
