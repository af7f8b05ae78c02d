import Crypto
public import Database
public import Vocabulary

/// What is older than seals: chains that anybody can compute again. A day after the upgrade a digest
/// over all of it is kept beside the key, encrypted like it, and nothing of it can change any more.
public enum OldRows {
  private static let pageRowsMax = 5_000

  /// The key with the digest, when it is time to keep one.
  /// - Returns: whether something was written.
  public static func close(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    guard let keeper = try transaction.session().companion as? SealKeeper,
      // As another worker may have left it meanwhile.
      var key = try SealKey.stored(keeper, forUpdate: true, in: &transaction), key.isUpgrade,
      key.oldDigest == nil
    else { return false }
    if key.isUpgradeUnderWay(at: moment) {
      key.unsealed = try SealedTable.newestRows(in: &transaction)
    } else {
      key.oldDigest = try digest(key, in: &transaction)
    }
    let box: [UInt8]
    do throws(CryptoError) { box = try key.box(keeper.ring) } catch {
      throw DatabaseError.inconsistent("the key of the seals could not be sealed: \(error)")
    }
    _ = try transaction.execute("UPDATE seal_keys SET box = \(box) WHERE id = 1")
    let kept = key
    transaction.afterCommit { keeper.keep(kept) }
    return true
  }

  /// Why what is older than seals is not as it was; nil when it is, or when no digest is kept yet.
  public static func problem(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> String? {
    guard let key = try SealKey.find(in: &executor), let kept = key.oldDigest else { return nil }
    return try digest(key, in: &executor) == kept
      ? nil : "entries or actions from before the upgrade to seals are not as they were then"
  }

  /// The sum without carry of a code for each row: rows can be neither changed nor left out.
  private static func digest(
    _ key: SealKey, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [UInt8] {
    var sum = [UInt8](repeating: 0, count: SealKey.bytesCount)
    let tables: [(SealedTable, SQL)] = [
      (.entries, "ledger_entries"), (.actions, "operator_actions"),
    ]
    for (table, rows) in tables {
      let end = key.unsealed[table] ?? 0
      var last: Int64 = 0
      while last < end {
        let page = try executor.all(
          """
          SELECT id, hash FROM \(rows) WHERE id > \(last) AND id <= \(end)
          ORDER BY id LIMIT \(pageRowsMax)
          """, as: (Int64, [UInt8]).self)
        for (id, hash) in page {
          let code = key.code(table, ["old", String(id), Hex.encode(hash)])
          for place in sum.indices { sum[place] ^= code[place] }
        }
        guard let end = page.last?.0 else { break }
        last = end
      }
    }
    return sum
  }
}
