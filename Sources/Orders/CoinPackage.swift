public import Database
public import Vocabulary

/// Coins that are sold together at one price per currency.
public struct CoinPackage: Hashable, Sendable {
  public let id: PackageID
  public let name: LocalText
  public let coins: Int64
  public let bonusCoins: Int64
  public let isActive: Bool
  /// Place in the list.
  public let position: Int64
  public let prices: [Money]

  public func price(in currency: Currency) -> Money? {
    prices.first { $0.currency == currency }
  }

  /// The packages that can be bought, in the order to show them.
  public static func onSale(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinPackage] {
    try packages(where: "WHERE p.active", in: &executor)
  }

  /// Every package, for operators.
  public static func all(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinPackage] {
    try packages(where: "", in: &executor)
  }

  /// A package on sale, or nil.
  public static func onSale(
    _ id: PackageID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> CoinPackage? {
    try packages(where: "WHERE p.active AND p.id = \(id)", in: &executor).first
  }

  private static func packages(
    where condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [CoinPackage] {
    let rows = try executor.all(
      """
      SELECT p.id, p.name_zh, p.name_en, p.other_names, p.coins, p.bonus_coins, p.active, p.position, r.currency,
        r.amount
      FROM coin_packages p LEFT JOIN coin_package_prices r ON r.package_id = p.id
      \(condition) ORDER BY p.position, p.id, r.currency
      """,
      as: (PackageID, String, String, String?, Int64, Int64, Bool, Int64, Currency?, Int64?).self)
    var packages: [CoinPackage] = []
    for row in rows {
      let (id, chinese, english, others, coins, bonusCoins, isActive, position, currency, amount) =
        row
      let earlier = packages.last?.id == id ? packages.removeLast().prices : []
      let price = currency.flatMap { currency in
        amount.flatMap { Money(minorUnits: $0, currency: currency) }
      }
      packages.append(
        CoinPackage(
          id: id, name: LocalText(chinese: chinese, english: english, storedOthers: others),
          coins: coins, bonusCoins: bonusCoins, isActive: isActive, position: position,
          prices: earlier + (price.map { [$0] } ?? [])))
    }
    return packages
  }
}

/// A package before it has a number.
public struct NewCoinPackage: Sendable {
  let name: LocalText
  public let coins: Int64
  public let bonusCoins: Int64
  /// Nil: after all others, or of a package that is there the place that it has.
  let position: Int64?
  public let prices: [Money]

  /// Of a name in one language.
  public static let nameLimit = TextLimit(64, .scalars)

  /// Nil when a name is empty or too long, a number of coins or a price out of bounds or one that no
  /// provider charges, or a
  /// currency named twice.
  public init?(
    name: LocalText, coins: Int64, bonusCoins: Int64, position: Int64?,
    prices: [Money]
  ) {
    guard name.fits(Self.nameLimit),
      (1...Limits.coinsMax).contains(coins), (0...Limits.coinsMax).contains(bonusCoins),
      (0...Self.positionMax).contains(position ?? 0), !prices.isEmpty,
      prices.allSatisfy({ $0.minorUnits > 0 && $0.priceProblem == nil }),
      Set(prices.map(\.currency)).count == prices.count
    else { return nil }
    self.name = name
    self.coins = coins
    self.bonusCoins = bonusCoins
    self.position = position
    self.prices = prices
  }

  public static let positionMax: Int64 = 1_000_000

  /// Puts the package on sale. What an operator does is `PackageChange`.
  public func insert(
    in transaction: inout Transaction, now: Timestamp
  ) throws(DatabaseError) -> PackageID {
    let position: Int64
    if let given = self.position {
      position = given
    } else {
      position = try Self.lastPosition(in: &transaction)
    }
    let result = try transaction.execute(
      """
      INSERT INTO coin_packages (name_zh, name_en, other_names, coins, bonus_coins, position, created_at,
        updated_at)
      VALUES (\(name.chinese), \(name.english), \(name.storedOthers), \(coins), \(bonusCoins), \(position), \(now), \(now))
      """)
    let id = PackageID(result.lastInsertID)
    try insertPrices(of: id, in: &transaction)
    return id
  }

  /// Takes the place of a package.
  /// - Returns: false when there is no such package.
  public func replace(
    _ id: PackageID, in transaction: inout Transaction, now: Timestamp
  ) throws(DatabaseError) -> Bool {
    let result = try transaction.execute(
      """
      UPDATE coin_packages SET name_zh = \(name.chinese), name_en = \(name.english),
        other_names = \(name.storedOthers), coins = \(coins), bonus_coins = \(bonusCoins),
        position = COALESCE(\(position), position), updated_at = \(now)
      WHERE id = \(id)
      """)
    guard result.affectedRows == 1 else { return false }
    _ = try transaction.execute("DELETE FROM coin_package_prices WHERE package_id = \(id)")
    try insertPrices(of: id, in: &transaction)
    return true
  }

  /// Behind the packages that are there, off sale or not.
  private static func lastPosition(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    let last = try transaction.first("SELECT MAX(position) FROM coin_packages", as: Int64?.self)
    guard let last, let last else { return 0 }
    return min(last + 1, positionMax)
  }

  private func insertPrices(
    of id: PackageID, in transaction: inout Transaction
  ) throws(DatabaseError) {
    try transaction.executeBulk(
      "INSERT INTO coin_package_prices (package_id, currency, amount) VALUES (?, ?, ?)",
      rows: prices.map { [id, $0.currency, $0.minorUnits] })
  }
}

extension CoinPackage {
  /// Takes a package off sale or puts it back. Orders already made keep what they bought.
  /// - Returns: false when there is no such package.
  public static func setActive(
    _ isActive: Bool, _ id: PackageID, in executor: inout some SQLExecutor & ~Copyable,
    now: Timestamp
  ) throws(DatabaseError) -> Bool {
    let result = try executor.execute(
      "UPDATE coin_packages SET active = \(isActive), updated_at = \(now) WHERE id = \(id)")
    return result.affectedRows > 0
  }
}
