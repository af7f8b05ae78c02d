import Crypto
public import Database
import Sealing
public import Vocabulary

/// The key of this shop's seals: HMAC-SHA256 codes over what rows about money say. Whoever can write
/// to the tables, but has no encryption key, can make no row that holds.
///
/// It is random, made with the first row, and stays for ever. The database has it only encrypted, and
/// `coinpay keys rotate` encrypts it anew like every other value, so that seals outlive every
/// encryption key.
public struct SealKey: Hashable, Sendable {
  let bytes: [UInt8]
  /// Rows up to these numbers may be older than seals.
  var unsealed: [SealedTable: Int64]
  let madeAt: Timestamp
  /// Whether a version without seals was at work when it was made.
  let isUpgrade: Bool
  /// Over what is older than seals; nil until the upgrade is over.
  var oldDigest: [UInt8]?

  static let bytesCount = 32
  /// While hosts are upgraded one by one, workers of the version before write on for a day at most.
  static let upgradeSeconds: Int64 = 86_400

  /// The last row of a table that may have no seal, at a moment.
  public func lastUnsealed(_ table: SealedTable, at moment: Timestamp) -> Int64 {
    isUpgradeUnderWay(at: moment) ? .max : unsealed[table] ?? 0
  }

  func isUpgradeUnderWay(at moment: Timestamp) -> Bool {
    isUpgrade && moment < madeAt.adding(seconds: SealKey.upgradeSeconds)
  }

  /// The code over fields, none of which can be shifted into another one.
  public func code(_ table: SealedTable, _ fields: [String?]) -> [UInt8] {
    HMACSHA256.authenticationCode(
      for: Array(SealKey.text(table, fields).utf8), key: bytes)
  }

  func holds(_ code: [UInt8], for text: String) -> Bool {
    constantTimeEqual(code, HMACSHA256.authenticationCode(for: Array(text.utf8), key: bytes))
  }

  static func text(_ table: SealedTable, _ fields: [String?]) -> String {
    ([table.rawValue] + fields.map(field)).joined(separator: "|")
  }

  /// `SealedRows.text` makes the same of a column in SQL; both change together or not at all.
  private static func field(_ value: String?) -> String {
    value.map { "\($0.unicodeScalars.count):\($0)" } ?? "-"
  }
}

extension SealKey {
  /// The key, or nil where there is none: before the first row is sealed, or in a process without
  /// encryption keys.
  /// - Throws: when the key is there and cannot be decrypted.
  public static func find(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> SealKey? {
    guard let keeper = try executor.session().companion as? SealKeeper else { return nil }
    if let key = keeper.key { return key }
    return try stored(keeper, forUpdate: false, in: &executor)
  }

  static func stored(
    _ keeper: SealKeeper, forUpdate: Bool, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> SealKey? {
    let lock: SQL = forUpdate ? "FOR UPDATE" : ""
    let box = try executor.first(
      "SELECT box FROM seal_keys WHERE id = 1 \(lock)", as: [UInt8].self)
    guard let box else { return nil }
    do throws(CryptoError) {
      guard let key = try SealKey(box: box, keeper.ring) else {
        throw CryptoError.malformedBox
      }
      return key
    } catch {
      throw DatabaseError.inconsistent("the key of the seals cannot be read: \(error)")
    }
  }

  /// Why seals cannot be proved; nil when they can, or when nothing was ever sealed.
  public static func problem(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> String? {
    let isThere =
      try executor.first("SELECT 1 FROM seal_keys WHERE id = 1", as: Int64.self) != nil
    guard try executor.session().companion is SealKeeper else {
      return isThere ? "COINPAY_ENCRYPTION_KEYS is needed to prove the seals" : nil
    }
    if isThere { return nil }
    let newer = try executor.first(
      """
      SELECT e.id FROM schema_migrations m JOIN ledger_entries e ON e.created_at > m.applied_at
      WHERE m.name = 'seals' LIMIT 1
      """, as: Int64.self)
    return newer == nil ? nil : "the key of the seals is gone from the table seal_keys"
  }

  /// The key for whoever writes; makes it when there is none yet.
  public static func ensure(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> SealKey? {
    guard let keeper = try transaction.session().companion as? SealKeeper else { return nil }
    if let key = keeper.key { return key }
    if try find(in: &transaction) == nil {
      _ = try transaction.execute(
        """
        INSERT IGNORE INTO seal_keys (id, box, created_at)
        VALUES (1, \(try make(keeper.ring, at: moment, in: &transaction)), \(moment))
        """)
    }
    // Somebody else may have been faster.
    guard let key = try find(in: &transaction) else {
      throw DatabaseError.inconsistent("the key of the seals was not written")
    }
    // What is rolled back never happened.
    transaction.afterCommit { keeper.keep(key) }
    return key
  }

  private static func make(
    _ ring: KeyRing, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> [UInt8] {
    let newest = try SealedTable.newestRows(in: &transaction)
    do throws(CryptoError) {
      let key = SealKey(
        bytes: try randomBytes(count: bytesCount), unsealed: newest, madeAt: moment,
        // Nothing of a version before is at work where there is nothing yet.
        isUpgrade: newest.values.contains { $0 > 0 })
      return try key.box(ring)
    } catch {
      throw DatabaseError.inconsistent("the key of the seals could not be made: \(error)")
    }
  }
}
