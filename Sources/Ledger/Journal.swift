public import Database
public import Vocabulary

/// The only place where coins move.
public enum Journal {
  /// Books postings, in their order, and raises the wallets' balances by them.
  ///
  /// Locks the wallets in ascending id. Every user has a wallet since registration; a posting for a
  /// user without one is a broken database and books nothing.
  /// - Throws: `duplicateKey` when a posting was booked before; nothing of this call then remains
  ///   once the caller has rolled back.
  public static func post(
    _ postings: [Posting], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    guard !postings.isEmpty else { return }
    let userIDs = Set(postings.map(\.userID)).sorted()
    var wallets = try Wallet.lock(of: userIDs, in: &transaction)
    var rows: [EntryRow] = []
    for posting in postings {
      guard var wallet = wallets[posting.userID] else {
        throw DatabaseError.inconsistent("user \(posting.userID) has no wallet")
      }
      rows.append(wallet.append(posting, at: moment))
      wallets[posting.userID] = wallet
    }
    try insert(rows, in: &transaction)
    try update(userIDs.compactMap { wallets[$0] }, in: &transaction, at: moment)
  }

  private static func insert(
    _ rows: [EntryRow], in transaction: inout Transaction
  ) throws(DatabaseError) {
    _ = try transaction.executeBulk(
      """
      INSERT INTO ledger_entries (wallet_id, sequence, kind, reference, debit_account,
        credit_account, coins, balance_after, order_id, event_id, created_at, previous_hash, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      rows: rows.map { row in
        [
          row.walletID, row.sequence, row.posting.kind.rawValue, row.posting.reference,
          row.debit.name, row.credit.name, row.posting.coins, row.balanceAfter,
          row.posting.orderID, row.posting.eventID, row.createdAt, row.previousHash, row.hash,
        ]
      })
  }

  private static func update(
    _ wallets: [Wallet], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.executeBulk(
      """
      UPDATE wallets SET balance = ?, entry_count = ?, head_hash = ?, updated_at = ?
      WHERE id = ?
      """,
      rows: wallets.map { [$0.balance, $0.entryCount, $0.headHash, moment, $0.id] })
  }
}
