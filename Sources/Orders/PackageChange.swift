import Audit
public import Database
public import Vocabulary

/// What operators change about the packages on sale. Orders already made keep what they bought.
public enum PackageChange {
  /// Puts a new package on sale.
  public static func create(
    _ package: NewCoinPackage, reason: String, actor: String, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> PackageID {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<PackageID> in
      let id = try package.insert(in: &transaction, now: moment)
      try record(.createPackage, id, package, reason, actor, in: &transaction, at: moment)
      return .commit(id)
    }
  }

  /// Gives a package other names, coins and prices.
  /// - Returns: false when there is no such package.
  public static func edit(
    _ id: PackageID, to package: NewCoinPackage, reason: String, actor: String,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let result = try transaction.execute(
        """
        UPDATE coin_packages SET name_zh = \(package.nameChinese), name_en = \(package.nameEnglish),
          coins = \(package.coins), bonus_coins = \(package.bonusCoins),
          position = \(package.position), updated_at = \(moment)
        WHERE id = \(id)
        """)
      guard result.affectedRows == 1 else { return .rollback(false) }
      _ = try transaction.execute("DELETE FROM coin_package_prices WHERE package_id = \(id)")
      try package.insertPrices(of: id, in: &transaction)
      try record(.editPackage, id, package, reason, actor, in: &transaction, at: moment)
      return .commit(true)
    }
  }

  /// Takes a package off sale or puts it back.
  /// - Returns: false when there is no such package.
  public static func setActive(
    _ isActive: Bool, _ id: PackageID, reason: String, actor: String,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let isFound = try CoinPackage.setActive(isActive, id, in: &transaction, now: moment)
      guard isFound else { return .rollback(false) }
      _ = try OperatorAction(
        actor: actor, kind: isActive ? .activatePackage : .deactivatePackage,
        subject: id.description, reason: reason
      ).record(in: &transaction, at: moment)
      return .commit(true)
    }
  }

  private static func record(
    _ kind: OperatorAction.Kind, _ id: PackageID, _ package: NewCoinPackage, _ reason: String,
    _ actor: String, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let prices = package.prices.map(\.description).joined(separator: ", ")
    _ = try OperatorAction(
      actor: actor, kind: kind, subject: id.description, reason: reason,
      details: "\(package.coins)+\(package.bonusCoins) coins for \(prices)"
    ).record(in: &transaction, at: moment)
  }
}
