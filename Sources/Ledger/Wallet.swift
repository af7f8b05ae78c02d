import Crypto
public import Database
import Seals
public import Vocabulary

/// A user's coins, and the head of the hash chain of the user's ledger entries.
public struct Wallet: Sendable {
  public let id: Int64
  public let userID: UserID
  public internal(set) var balance: Int64
  /// Entries so far; the next one has sequence `entryCount + 1`.
  var entryCount: Int64
  var headHash: [UInt8]

  /// The previous hash of a first entry: 32 zero bytes.
  static let originHash = [UInt8](repeating: 0, count: 32)

  /// Makes the wallet of a new user.
  public static func create(
    for userID: UserID, in transaction: inout Transaction, now: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      INSERT INTO wallets (user_id, head_hash, updated_at)
      VALUES (\(userID), \(originHash), \(now))
      """)
  }

  /// What may be taken out of a user's wallet, which is locked until the transaction ends: its
  /// balance, or without bound when it may go negative.
  ///
  /// - Parameter downToZero: never more than there is, whatever is allowed.
  public static func lockSpendable(
    of userID: UserID, downToZero: Bool = false, in transaction: inout Transaction
  ) throws(DatabaseError) -> Int64 {
    let row = try transaction.first(
      "SELECT balance, may_go_negative FROM wallets WHERE user_id = \(userID) FOR UPDATE",
      as: (Int64, Bool).self)
    guard let (balance, mayGoNegative) = row else {
      throw DatabaseError.inconsistent("user \(userID) has no wallet")
    }
    return mayGoNegative && !downToZero ? unboundedCoins : max(0, balance)
  }

  /// Stands for coins without bound: as many as an order can have, bought ones and given ones.
  private static let unboundedCoins = 2 * Limits.coinsMax

  /// Locks wallets in ascending id, which is the order that every settlement keeps.
  public static func lock(
    of userIDs: [UserID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [UserID: Wallet] {
    let rows = try transaction.all(
      """
      SELECT id, user_id, balance, entry_count, head_hash FROM wallets
      WHERE user_id IN \(list: userIDs) ORDER BY id FOR UPDATE
      """, as: (Int64, UserID, Int64, Int64, [UInt8]).self)
    var wallets: [UserID: Wallet] = [:]
    for (id, userID, balance, entryCount, headHash) in rows {
      wallets[userID] = Wallet(
        id: id, userID: userID, balance: balance, entryCount: entryCount, headHash: headHash)
    }
    return wallets
  }

  /// Appends a posting to the chain in memory and gives the row to insert.
  mutating func append(
    _ posting: Posting, at moment: Timestamp, by key: SealKey? = nil
  ) -> EntryRow {
    balance += posting.kind.isCredit ? posting.coins : -posting.coins
    entryCount += 1
    let row = EntryRow(
      walletID: id, sequence: entryCount, posting: posting, balanceAfter: balance,
      createdAt: moment, previousHash: headHash, key: key)
    headHash = row.hash
    return row
  }

  /// Over how the wallet is now, so that its newest entries cannot be cut off.
  /// `SealedRows.wallets` reads the same in SQL; both change together or not at all.
  func seal(by key: SealKey) -> [UInt8] {
    key.code(
      .wallets,
      [String(id), String(userID.value), String(balance), String(entryCount), Hex.encode(headHash)])
  }
}

/// A ledger row with its place in the chain.
struct EntryRow {
  let walletID: Int64
  let sequence: Int64
  let posting: Posting
  let balanceAfter: Int64
  let createdAt: Timestamp
  let previousHash: [UInt8]
  /// Nil in a process without encryption keys: then anybody could compute the hash.
  let key: SealKey?

  private var wallet: Account { .wallet(id: walletID) }

  var debit: Account { posting.kind.isCredit ? posting.kind.counterpart : wallet }
  var credit: Account { posting.kind.isCredit ? wallet : posting.kind.counterpart }

  /// A code over all that the entry says and the hash before it. `SealedRows.entries` reads the same
  /// from the table in SQL; both change together or not at all.
  var hash: [UInt8] {
    let fields: [String] = [
      Hex.encode(previousHash), String(walletID), String(sequence), posting.kind.rawValue,
      posting.reference, debit.name, credit.name, String(posting.coins), String(balanceAfter),
      String(posting.orderID?.value ?? 0), String(posting.eventID?.value ?? 0),
      String(createdAt.microseconds),
    ]
    return key?.code(.entries, fields)
      ?? SHA256.digest(Array(fields.joined(separator: "|").utf8))
  }
}
