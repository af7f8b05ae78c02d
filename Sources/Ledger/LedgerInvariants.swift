public import Database

/// A rule that the tables must obey at every moment, as a query for rows that break it.
public struct Invariant: Sendable {
  /// Short and stable, for machines.
  public let name: String
  /// What must hold, for people.
  public let sentence: String
  /// Gives one text per broken row, naming it.
  let violations: SQL

  /// Broken rows reported for one invariant.
  public static let violationsShownMax = 20

  /// The rows that break the invariant; empty when it holds.
  public func check(
    _ executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [String] {
    try executor.all(
      "SELECT CAST(what AS CHAR) FROM (\(violations)) v LIMIT \(Invariant.violationsShownMax)",
      as: String.self)
  }

  /// Every invariant of the money rules that the tables can prove.
  public static let all: [Invariant] =
    wallets + chain + causes + orders + transitions + histories + payments + events + refunds
    + moneyBack + custody + audit
}

extension Invariant {
  static let wallets: [Invariant] = [
    Invariant(
      name: "wallet_balance",
      sentence: "A wallet's balance is the sum of its ledger entries.",
      violations: """
        SELECT CONCAT('wallet ', w.id, ': balance ', w.balance, ', entries ',
          COALESCE(s.total, 0)) AS what
        FROM wallets w LEFT JOIN (
          SELECT wallet_id, SUM(
            IF(credit_account = CONCAT('wallet:', wallet_id), coins, 0)
            - IF(debit_account = CONCAT('wallet:', wallet_id), coins, 0)) AS total
          FROM ledger_entries GROUP BY wallet_id) s ON s.wallet_id = w.id
        WHERE w.balance <> COALESCE(s.total, 0)
        """),
    Invariant(
      name: "entry_sides",
      sentence: "Each entry has its own wallet on exactly one side and a system account opposite.",
      violations: """
        SELECT CONCAT('entry ', id, ': ', debit_account, ' to ', credit_account) AS what
        FROM ledger_entries
        WHERE (debit_account = CONCAT('wallet:', wallet_id))
          + (credit_account = CONCAT('wallet:', wallet_id)) <> 1
          OR (debit_account LIKE 'wallet:%') + (credit_account LIKE 'wallet:%') <> 1
        """),
    Invariant(
      name: "user_has_wallet",
      sentence: "Every user has a wallet.",
      violations: """
        SELECT CONCAT('user ', u.id) AS what
        FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE w.id IS NULL
        """),
  ]

  static let chain: [Invariant] = [
    Invariant(
      name: "chain_sequence",
      sentence: "A wallet's entries are numbered from 1 without gaps, and the wallet counts them.",
      violations: """
        SELECT CONCAT('wallet ', w.id, ': counts ', w.entry_count, ', has ', COUNT(e.id),
          ', last is ', COALESCE(MAX(e.sequence), 0)) AS what
        FROM wallets w LEFT JOIN ledger_entries e ON e.wallet_id = w.id
        GROUP BY w.id, w.entry_count
        HAVING w.entry_count <> COUNT(e.id) OR w.entry_count <> COALESCE(MAX(e.sequence), 0)
        """),
    Invariant(
      name: "chain_balance",
      sentence: "Each entry's balance is the balance before it plus or minus its coins.",
      violations: """
        SELECT CONCAT('entry ', id, ': balance ', balance_after) AS what FROM (
          SELECT id, balance_after,
            COALESCE(LAG(balance_after) OVER (PARTITION BY wallet_id ORDER BY sequence), 0)
            + IF(credit_account = CONCAT('wallet:', wallet_id), coins, -coins) AS expected
          FROM ledger_entries) c
        WHERE balance_after <> expected
        """),
    Invariant(
      name: "chain_link",
      sentence: "Each entry names the hash of the entry before it.",
      violations: """
        SELECT CONCAT('entry ', id, ' of wallet ', wallet_id) AS what FROM (
          SELECT id, wallet_id, previous_hash,
            COALESCE(LAG(hash) OVER (PARTITION BY wallet_id ORDER BY sequence),
              UNHEX(REPEAT('00', 32))) AS expected
          FROM ledger_entries) c
        WHERE previous_hash <> expected
        """),
    Invariant(
      name: "chain_hash",
      sentence: "Each entry's hash covers what the entry says.",
      violations: """
        SELECT CONCAT('entry ', id, ' of wallet ', wallet_id) AS what FROM ledger_entries
        WHERE hash <> UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(previous_hash)), wallet_id, sequence,
          kind, reference, debit_account, credit_account, coins, balance_after,
          COALESCE(order_id, 0), COALESCE(event_id, 0),
          TIMESTAMPDIFF(MICROSECOND, '1970-01-01', created_at)), 256))
        """),
    Invariant(
      name: "chain_head",
      sentence: "A wallet holds the hash of its last entry.",
      violations: """
        SELECT CONCAT('wallet ', w.id) AS what
        FROM wallets w LEFT JOIN ledger_entries e
          ON e.wallet_id = w.id AND e.sequence = w.entry_count
        WHERE w.head_hash <> COALESCE(e.hash, UNHEX(REPEAT('00', 32)))
        """),
  ]
}
