public import Database
import Seals
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
    let key = try SealKey.ensure(in: &transaction, at: moment)
    var rows: [EntryRow] = []
    for posting in postings {
      guard var wallet = wallets[posting.userID] else {
        throw DatabaseError.inconsistent("user \(posting.userID) has no wallet")
      }
      rows.append(wallet.append(posting, at: moment, by: key))
      wallets[posting.userID] = wallet
    }
    try insert(rows, in: &transaction)
    try update(userIDs.compactMap { wallets[$0] }, key, in: &transaction, at: moment)
  }

  /// Postings of any number of coins that one cause moves, each within bounds and with a reference that
  /// is free: the cause's own, and from its second posting of a kind on `#2`, `#3`, … behind it.
  ///
  /// - Parameters:
  ///   - coins: above 0.
  ///   - reference: names the cause; at most `referenceCharactersMax` characters and no `#`.
  public static func postings(
    _ kind: Posting.Kind, _ coins: Int64, reference: String, userID: UserID, orderID: OrderID?,
    eventID: EventID?, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Posting] {
    var number = try booked(kind, reference, in: &transaction)
    var postings: [Posting] = []
    var rest = coins
    while rest > 0 {
      number += 1
      let posting = Posting(
        kind: kind, reference: number == 1 ? reference : "\(reference)#\(number)",
        userID: userID, coins: min(rest, Limits.coinsMax), orderID: orderID, eventID: eventID)
      guard let posting else { break }
      postings.append(posting)
      rest -= posting.coins
    }
    return postings
  }

  /// How often a cause has moved coins of a kind.
  private static func booked(
    _ kind: Posting.Kind, _ reference: String, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    // `$` follows `#` in ASCII.
    try transaction.first(
      """
      SELECT COUNT(*) FROM ledger_entries WHERE kind = \(kind.rawValue)
        AND (reference = \(reference)
          OR (reference > \("\(reference)#") AND reference < \("\(reference)$")))
      """, as: Int64.self) ?? 0
  }

  /// Longest name of a cause that moves coins more than once.
  public static let referenceCharactersMax = 56

  private static func insert(
    _ rows: [EntryRow], in transaction: inout Transaction
  ) throws(DatabaseError) {
    try transaction.executeBulk(
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
    _ wallets: [Wallet], _ key: SealKey?, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    try transaction.executeBulk(
      """
      UPDATE wallets SET balance = ?, entry_count = ?, head_hash = ?, seal = ?, updated_at = ?
      WHERE id = ?
      """,
      rows: wallets.map { wallet in
        let seal = key.map { wallet.seal(by: $0) }
        return [wallet.balance, wallet.entryCount, wallet.headHash, seal, moment, wallet.id]
      })
  }
}
