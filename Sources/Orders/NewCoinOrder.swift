public import Database
import Seals
public import Vocabulary

/// An order before it is in the database.
public struct NewCoinOrder: Sendable {
  /// The same key with the same request gives the same order.
  public struct Idempotency: Hashable, Sendable {
    public let key: String
    /// SHA-256 of the request that the key belongs to.
    public let requestHash: [UInt8]

    /// Nil unless the key is 1…`Limits.idempotencyKeyCharactersMax` characters of printable ASCII.
    public init?(key: String, requestHash: [UInt8]) {
      guard key.isGraphicASCII(upTo: Limits.idempotencyKeyCharactersMax) else { return nil }
      self.key = key
      self.requestHash = requestHash
    }
  }

  public let number: OrderNumber
  public let userID: UserID
  public let package: CoinPackage
  public let amount: Money
  public let paymentMethod: PaymentMethod
  public let idempotency: Idempotency?
  public let createdAt: Timestamp
  public let expiresAt: Timestamp

  public init(
    number: OrderNumber, userID: UserID, package: CoinPackage, amount: Money,
    paymentMethod: PaymentMethod, idempotency: Idempotency?, createdAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.number = number
    self.userID = userID
    self.package = package
    self.amount = amount
    self.paymentMethod = paymentMethod
    self.idempotency = idempotency
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  /// The unique key that a repeated order number violates.
  public static let numberKeyName = "coin_orders_order_no"
  /// The unique key that a repeated idempotency key of one user violates.
  public static let idempotencyKeyName = "coin_orders_idempotency_key"

  /// Over what never changes of an order. `SealedRows.orders` reads the same in SQL; both change
  /// together or not at all.
  private func terms(_ key: SealKey) -> [UInt8] {
    key.code(
      .orders,
      [
        number.text, String(userID.value), String(package.id.value), String(package.coins),
        String(package.bonusCoins), pricesText,
      ])
  }

  /// Inserts the order as PENDING, with its price in each currency. Its transition is the caller's to write.
  /// - Throws: `duplicateKey` naming one of the two keys above.
  public func insert(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> CoinOrder {
    let status = OrderStatus.pending
    let seal = try SealKey.ensure(in: &transaction, at: createdAt).map { terms($0) }
    let result = try transaction.execute(
      """
      INSERT INTO coin_orders (order_no, user_id, package_id, coins, bonus_coins, amount, currency,
        payment_method, status, idempotency_key, request_hash, created_at, expires_at, updated_at,
        terms_seal)
      VALUES (\(number), \(userID), \(package.id), \(package.coins), \(package.bonusCoins),
        \(amount.minorUnits), \(amount.currency), \(paymentMethod), \(status),
        \(idempotency?.key), \(idempotency?.requestHash), \(createdAt), \(expiresAt), \(createdAt),
        \(seal))
      """)
    let id = OrderID(result.lastInsertID)
    try insertPrices(of: id, in: &transaction)
    return CoinOrder(
      id: id, number: number, userID: userID, packageID: package.id,
      coins: package.coins, bonusCoins: package.bonusCoins, amount: amount,
      paymentMethod: paymentMethod, storedStatus: status, createdAt: createdAt,
      expiresAt: expiresAt, paidAt: nil)
  }
}
