public import Database
public import Vocabulary

/// What was sold, to whom, for how much.
///
/// Invariant: `paidAt` is set exactly when the coins were credited.
public struct CoinOrder: Hashable, Sendable {
  public let id: OrderID
  public let number: OrderNumber
  public let userID: UserID
  public let packageID: PackageID
  public let coins: Int64
  public let bonusCoins: Int64
  public let amount: Money
  public let paymentMethod: PaymentMethod
  /// As stored; `status(at:)` also knows that time has passed.
  public let storedStatus: OrderStatus
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  public let paidAt: Timestamp?

  public init(
    id: OrderID, number: OrderNumber, userID: UserID, packageID: PackageID, coins: Int64,
    bonusCoins: Int64, amount: Money, paymentMethod: PaymentMethod, storedStatus: OrderStatus,
    createdAt: Timestamp, expiresAt: Timestamp, paidAt: Timestamp?
  ) {
    self.id = id
    self.number = number
    self.userID = userID
    self.packageID = packageID
    self.coins = coins
    self.bonusCoins = bonusCoins
    self.amount = amount
    self.paymentMethod = paymentMethod
    self.storedStatus = storedStatus
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.paidAt = paidAt
  }

  /// The state that a reader sees.
  public func status(at moment: Timestamp) -> OrderStatus {
    storedStatus.shown(at: moment, end: expiresAt)
  }

  /// Whether its user may begin or go on with a payment: a failed order may be paid again while its
  /// time lasts.
  public func isPayable(at moment: Timestamp) -> Bool {
    let status = status(at: moment)
    return status == .pending || (status == .failed && moment < expiresAt)
  }

  /// Coins that the user receives in all.
  public var totalCoins: Int64 { coins + bonusCoins }
}

extension CoinOrder {
  private typealias Columns = (
    OrderID, OrderNumber, UserID, PackageID, Int64, Int64, Int64, Currency, PaymentMethod,
    OrderStatus, Timestamp, Timestamp, Timestamp?
  )

  private static let columns: SQL = """
    id, order_no, user_id, package_id, coins, bonus_coins, amount, currency, payment_method,
    status, created_at, expires_at, paid_at
    """

  static func orders(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinOrder] {
    let rows = try executor.all(
      "SELECT \(columns) FROM coin_orders \(condition)", as: Columns.self)
    var orders: [CoinOrder] = []
    for row in rows {
      guard let amount = Money(minorUnits: row.6, currency: row.7) else {
        throw DatabaseError.inconsistent("order \(row.1) has an amount out of bounds")
      }
      orders.append(
        CoinOrder(
          id: row.0, number: row.1, userID: row.2, packageID: row.3, coins: row.4,
          bonusCoins: row.5, amount: amount, paymentMethod: row.8, storedStatus: row.9,
          createdAt: row.10, expiresAt: row.11, paidAt: row.12))
    }
    return orders
  }

  /// A user's own order; nil for another user's.
  public static func find(
    _ number: OrderNumber, of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> CoinOrder? {
    try orders("WHERE order_no = \(number) AND user_id = \(userID)", in: &executor).first
  }

  /// A user's own order by its primary key; nil for another user's.
  public static func lookUp(
    _ id: OrderID, of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> CoinOrder? {
    try orders("WHERE id = \(id) AND user_id = \(userID)", in: &executor).first
  }

  /// A user's own order, locked until the transaction ends; nil for another user's.
  public static func lock(
    _ number: OrderNumber, of userID: UserID, in transaction: inout Transaction
  ) throws(DatabaseError) -> CoinOrder? {
    try orders(
      "WHERE order_no = \(number) AND user_id = \(userID) FOR UPDATE", in: &transaction
    ).first
  }

  /// Any user's order, for operators.
  public static func find(
    _ number: OrderNumber, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> CoinOrder? {
    try orders("WHERE order_no = \(number)", in: &executor).first
  }

  /// Any user's order, locked until the transaction ends.
  public static func lock(
    _ number: OrderNumber, in transaction: inout Transaction
  ) throws(DatabaseError) -> CoinOrder? {
    try orders("WHERE order_no = \(number) FOR UPDATE", in: &transaction).first
  }

  /// Locks orders in ascending id, which is the order that every settlement keeps.
  public static func lock(
    _ ids: [OrderID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [CoinOrder] {
    try orders("WHERE id IN \(list: ids) ORDER BY id FOR UPDATE", in: &transaction)
  }

  /// A user's own orders, newest first.
  public static func list(
    of userID: UserID, _ filter: OrderFilter, offset: Int, limit: Int,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinOrder] {
    try orders(
      """
      WHERE user_id = \(userID) \(filter.condition)
      ORDER BY id DESC LIMIT \(limit) OFFSET \(offset)
      """, in: &executor)
  }

  public static func count(
    of userID: UserID, _ filter: OrderFilter = OrderFilter(),
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try executor.first(
      "SELECT COUNT(*) FROM coin_orders WHERE user_id = \(userID) \(filter.condition)",
      as: Int64.self) ?? 0
  }

  /// The order that a user made with an idempotency key, and the hash of that request.
  public static func find(
    idempotencyKey: String, of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> (order: CoinOrder, requestHash: [UInt8])? {
    let match = try executor.first(
      """
      SELECT order_no, request_hash FROM coin_orders
      WHERE user_id = \(userID) AND idempotency_key = \(idempotencyKey)
      """, as: (OrderNumber, [UInt8]).self)
    guard let (number, requestHash) = match,
      let order = try find(number, of: userID, in: &executor)
    else { return nil }
    return (order, requestHash)
  }
}
