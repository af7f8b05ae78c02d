public import Database
public import Seals
public import Vocabulary

/// A rule that the tables must obey at every moment, and how rows that break it are found.
public struct Invariant: Sendable {
  enum Proof {
    /// Gives one text per broken row, naming it.
    case query(SQL)
    /// Each row has the code over what it says.
    case seals(SealedRows)
    /// The key of the codes is there.
    case key
    /// What is older than codes is as it was when they came.
    case oldRows
  }

  /// Short and stable, for machines.
  public let name: String
  /// What must hold, for people.
  public let sentence: String
  let proof: Proof
  /// The table that it goes through, looking others up: then newer rows alone can be proved.
  let walks: Anchor.Table?

  /// Whether it can be proved with the encryption keys alone.
  public var needsKey: Bool { if case .query = proof { false } else { true } }

  /// Broken rows reported for one invariant.
  public static let violationsShownMax = 20

  init(name: String, sentence: String, walks: Anchor.Table? = nil, violations: SQL) {
    (self.name, self.sentence, proof) = (name, sentence, .query(violations))
    self.walks = walks
  }

  init(name: String, sentence: String, walks: Anchor.Table? = nil, proof: Proof) {
    (self.name, self.sentence, self.proof, self.walks) = (name, sentence, proof, walks)
  }

  /// The rows that break the invariant; empty when it holds.
  ///
  /// - Parameter moment: now. Shortly after an upgrade to seals, rows may come without them.
  public func check(
    _ executor: inout some SQLExecutor & ~Copyable,
    at moment: Timestamp = Timestamp(microseconds: .max)
  ) throws(DatabaseError) -> [String] {
    switch proof {
    case .query(let violations):
      return try executor.all(
        "SELECT CAST(what AS CHAR) FROM (\(violations)) v LIMIT \(Invariant.violationsShownMax)",
        as: String.self)
    case .seals(let rows):
      return try rows.violations(
        by: try SealKey.find(in: &executor), limit: Invariant.violationsShownMax, at: moment,
        in: &executor)
    case .key: return try SealKey.problem(in: &executor).map { [$0] } ?? []
    case .oldRows: return try OldRows.problem(in: &executor).map { [$0] } ?? []
    }
  }

  /// The rows behind an anchor that break the invariant; nil when it can only be proved as a whole.
  public func check(
    since anchor: Anchor, _ executor: inout some SQLExecutor & ~Copyable, at moment: Timestamp
  ) throws(DatabaseError) -> [String]? {
    if case .key = proof { return try check(&executor, at: moment) }
    guard let walks, let last = anchor.reaches[walks]?.newest else { return nil }
    switch proof {
    case .query(let violations):
      // In the query the name of the table means its newer rows.
      return try executor.all(
        """
        WITH \(walks.newer(than: last)) SELECT CAST(what AS CHAR) FROM (\(violations)) v
        LIMIT \(Invariant.violationsShownMax)
        """, as: String.self)
    case .seals(let rows):
      return try rows.violations(
        by: try SealKey.find(in: &executor), after: last, limit: Invariant.violationsShownMax,
        at: moment, in: &executor)
    case .key, .oldRows: return nil
    }
  }

  /// Every invariant of the money rules that the tables can prove.
  public static let all: [Invariant] =
    wallets + chain + causes + orders + transitions + histories + payments + events + refunds
    + moneyBack + custody + audit + deeds + seals
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
      walks: .entries,
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
      walks: .entries, proof: .seals(.entries)),
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
