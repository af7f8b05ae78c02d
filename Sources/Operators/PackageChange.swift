public import Audit
public import Database
public import Orders
public import Vocabulary

/// What operators change about the packages on sale. Orders already made keep what they bought.
public enum PackageChange {
  /// Puts a new package on sale.
  public static func create(
    _ package: NewCoinPackage, by operation: Operation, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> PackageID {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<PackageID> in
      let id = try package.insert(in: &transaction, now: moment)
      try operation.record(
        .createPackage, of: id.description, details: details(package), in: &transaction, at: moment)
      return .commit(id)
    }
  }

  /// Gives a package other names, coins and prices.
  /// - Returns: false when there is no such package.
  public static func edit(
    _ id: PackageID, to package: NewCoinPackage, by operation: Operation,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      guard try package.replace(id, in: &transaction, now: moment) else { return .rollback(false) }
      try operation.record(
        .editPackage, of: id.description, details: details(package), in: &transaction, at: moment)
      return .commit(true)
    }
  }

  /// Takes a package off sale or puts it back.
  /// - Returns: false when there is no such package.
  public static func setActive(
    _ isActive: Bool, _ id: PackageID, by operation: Operation, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let isFound = try CoinPackage.setActive(isActive, id, in: &transaction, now: moment)
      guard isFound else { return .rollback(false) }
      try operation.record(
        isActive ? .activatePackage : .deactivatePackage, of: id.description, in: &transaction,
        at: moment)
      return .commit(true)
    }
  }

  private static func details(_ package: NewCoinPackage) -> String {
    let prices = package.prices.map(\.description).joined(separator: ", ")
    return "\(package.coins)+\(package.bonusCoins) coins for \(prices)"
  }
}
