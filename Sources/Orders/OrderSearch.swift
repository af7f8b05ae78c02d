public import Database
public import Vocabulary

/// What operators look for among all orders; newest first, a part at a time.
public struct OrderSearch: Sendable {
  /// Where a part ended.
  public struct Position: Hashable, Sendable {
    public let createdAt: Timestamp
    public let id: OrderID

    public init(createdAt: Timestamp, id: OrderID) {
      self.createdAt = createdAt
      self.id = id
    }
  }

  /// As stored: an order whose time is over is written down as EXPIRED within seconds.
  public var status: OrderStatus?
  public var method: PaymentMethod?
  public var userID: UserID?
  /// Only these, such as those that a number led to; at most `SQL.listValuesMax`.
  public var ids: [OrderID]?
  public var from: Timestamp?
  /// Excluded.
  public var until: Timestamp?
  public var after: Position?

  public init() {}

  /// The orders that fit. Every filter has an index that ends in the time of creation, so that a part is
  /// read without looking at the rest.
  public func run(
    limit: Int, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinOrder] {
    if ids?.isEmpty == true { return [] }
    let status: SQL = status.map { "AND status = \($0)" } ?? ""
    let method: SQL = method.map { "AND payment_method = \($0)" } ?? ""
    let user: SQL = userID.map { "AND user_id = \($0)" } ?? ""
    let only: SQL = ids.map { "AND id IN \(list: $0)" } ?? ""
    let from: SQL = from.map { "AND created_at >= \($0)" } ?? ""
    let until: SQL = until.map { "AND created_at < \($0)" } ?? ""
    let after: SQL =
      after.map { position in
        """
        AND created_at <= \(position.createdAt)
        AND (created_at < \(position.createdAt) OR id < \(position.id))
        """
      } ?? ""
    return try CoinOrder.orders(
      """
      WHERE TRUE \(status) \(method) \(user) \(only) \(from) \(until) \(after)
      ORDER BY created_at DESC, id DESC LIMIT \(limit)
      """, in: &executor)
  }
}
