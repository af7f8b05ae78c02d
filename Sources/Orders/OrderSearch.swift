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

  /// As a reader sees it at `now`.
  public var status: OrderStatus?
  public var method: PaymentMethod?
  public var userID: UserID?
  /// Only these, such as those that a number led to; at most `SQL.listValuesMax`.
  public var ids: [OrderID]?
  public var from: Timestamp?
  /// Excluded.
  public var until: Timestamp?
  public var after: Position?

  public let now: Timestamp

  public init(now: Timestamp) { self.now = now }

  /// The orders that fit. Every filter has an index that ends in the time of creation, so that a part is
  /// read without looking at the rest.
  public func run(
    limit: Int, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinOrder] {
    if ids?.isEmpty == true { return [] }
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
    let others: SQL = "\(method) \(user) \(only) \(from) \(until) \(after)"
    let end: SQL = "ORDER BY created_at DESC, id DESC LIMIT \(limit)"
    let states = status?.stored(at: now) ?? ["TRUE"]
    guard states.count > 1 else {
      return try CoinOrder.orders("WHERE \(states.joined(by: "")) \(others) \(end)", in: &executor)
    }
    let parts = states.map { "(SELECT id FROM coin_orders WHERE \($0) \(others) \(end))" as SQL }
    // Without a limit of its own, since that would tempt the optimizer to walk through all orders.
    let found = try CoinOrder.orders(
      """
      JOIN (SELECT id FROM (\(parts.joined(by: " UNION ALL "))) part) found USING (id)
      ORDER BY created_at DESC, id DESC
      """, in: &executor)
    return Array(found.prefix(limit))
  }
}
