public import Accounts
public import Audit
public import Database
import Ledger
public import Vocabulary

/// Reads what is stored about a user, in parts of bounded size.
///
/// Raw notifications are not part of it: whoever paid need not be the user, and what they say about
/// the payment is in its row.
public struct PersonalExport: Sendable {
  let user: User
  let emails: EmailDesk
  let zone: TimeZoneOffset
  let now: Timestamp

  /// Orders and ledger entries of one part.
  public static let ordersMax = 50
  public static let entriesMax = 200

  /// - Parameter now: when it is read; orders are shown in their states of that moment.
  public init(of user: User, emails: EmailDesk, zone: TimeZoneOffset, now: Timestamp) {
    self.user = user
    self.emails = emails
    self.zone = zone
    self.now = now
  }

  /// Writes down that it was handed to somebody else than its user.
  public func record(
    by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try operation.record(.exportUser, of: "user:\(user.id)", in: &transaction, at: now)
      return .commit(())
    }
  }

  public func account(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> PersonalRecords.Account {
    let row = try executor.first(
      "SELECT created_at, disabled_at FROM users WHERE id = \(user.id)",
      as: (Timestamp, Timestamp?).self)
    guard let (createdAt, disabledAt) = row else {
      throw DatabaseError.inconsistent("there is no user \(user.id)")
    }
    let sessions = try executor.all(
      "SELECT created_at, expires_at FROM sessions WHERE user_id = \(user.id) LIMIT 100",
      as: (Timestamp, Timestamp).self)
    return PersonalRecords.Account(
      userId: user.id.value, username: user.username,
      email: try emails.address(of: user.id, in: &executor)?.text, role: user.role.rawValue,
      createdAt: zone.rfc3339(createdAt), disabledAt: disabledAt.map(zone.rfc3339),
      balance: try CoinAccount.of(user.id, in: &executor)?.balance ?? 0,
      sessions: sessions.map {
        PersonalRecords.Session(createdAt: zone.rfc3339($0.0), expiresAt: zone.rfc3339($0.1))
      })
  }

  /// The entries after a number, oldest first, at most `entriesMax`.
  public func entries(
    after number: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [PersonalRecords.Entry] {
    let rows = try executor.all(
      """
      SELECT e.id, e.kind, IF(e.credit_account = CONCAT('wallet:', e.wallet_id), e.coins, -e.coins),
        e.balance_after, e.reference, e.created_at
      FROM wallets w JOIN ledger_entries e ON e.wallet_id = w.id
      WHERE w.user_id = \(user.id) AND e.id > \(number) ORDER BY e.id LIMIT \(Self.entriesMax)
      """, as: (Int64, String, Int64, Int64, String, Timestamp).self)
    return rows.map { id, kind, coins, balance, reference, createdAt in
      PersonalRecords.Entry(
        id: id, kind: kind, coins: coins, balanceAfter: balance, reference: reference,
        createdAt: zone.rfc3339(createdAt))
    }
  }
}
