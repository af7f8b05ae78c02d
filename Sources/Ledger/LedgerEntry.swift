public import Database
public import Vocabulary

/// What a list of ledger lines is narrowed down to.
public struct EntryFilter: Sendable {
  let condition: SQL

  /// Every line.
  public init() { condition = "" }

  /// - Parameters:
  ///   - from: the earliest time.
  ///   - until: the first moment after the latest.
  public init(kind: Posting.Kind?, from: Timestamp?, until: Timestamp?) {
    let ofKind: SQL = if let kind { "AND e.kind = \(kind.rawValue)" } else { "" }
    let since: SQL = if let from { "AND e.created_at >= \(from)" } else { "" }
    let before: SQL = if let until { "AND e.created_at < \(until)" } else { "" }
    condition = "\(ofKind) \(since) \(before)"
  }
}

/// A line of a user's own ledger, as shown to that user.
public struct LedgerEntry: Sendable {
  public let id: Int64
  public let kind: Posting.Kind
  /// Coins that came in (positive) or went out (negative).
  public let coins: Int64
  public let balanceAfter: Int64
  /// The order number that caused it.
  public let reference: String
  public let createdAt: Timestamp

  /// A user's entries, newest first.
  public static func list(
    of userID: UserID, _ filter: EntryFilter = EntryFilter(), offset: Int, limit: Int,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [LedgerEntry] {
    let rows = try executor.all(
      """
      SELECT e.id, e.kind, e.coins, e.credit_account = CONCAT('wallet:', e.wallet_id),
        e.balance_after, e.reference, e.created_at
      FROM wallets w JOIN ledger_entries e ON e.wallet_id = w.id
      WHERE w.user_id = \(userID) \(filter.condition)
      ORDER BY e.sequence DESC LIMIT \(limit) OFFSET \(offset)
      """, as: (Int64, Posting.Kind, Int64, Bool, Int64, String, Timestamp).self)
    return rows.map { id, kind, coins, isCredit, balanceAfter, reference, createdAt in
      LedgerEntry(
        id: id, kind: kind, coins: isCredit ? coins : -coins, balanceAfter: balanceAfter,
        reference: reference, createdAt: createdAt)
    }
  }

  public static func count(
    of userID: UserID, _ filter: EntryFilter, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try executor.first(
      """
      SELECT COUNT(*) FROM wallets w JOIN ledger_entries e ON e.wallet_id = w.id
      WHERE w.user_id = \(userID) \(filter.condition)
      """, as: Int64.self) ?? 0
  }
}

/// What a user owns and has received so far.
public struct CoinAccount: Sendable {
  public let balance: Int64
  public let purchasedCoins: Int64
  public let bonusCoins: Int64
  public let entryCount: Int64

  /// Nil when the user does not exist.
  public static func of(
    _ userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> CoinAccount? {
    let row = try executor.first(
      """
      SELECT w.balance, w.entry_count,
        CAST(COALESCE(SUM(IF(e.kind = 'PURCHASE', e.coins, 0)), 0) AS SIGNED),
        CAST(COALESCE(SUM(IF(e.kind = 'BONUS', e.coins, 0)), 0) AS SIGNED)
      FROM wallets w LEFT JOIN ledger_entries e ON e.wallet_id = w.id
      WHERE w.user_id = \(userID) GROUP BY w.id
      """, as: (Int64, Int64, Int64, Int64).self)
    return row.map { balance, entryCount, purchased, bonus in
      CoinAccount(
        balance: balance, purchasedCoins: purchased, bonusCoins: bonus, entryCount: entryCount)
    }
  }
}
