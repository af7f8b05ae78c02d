/// The account of the worker at MariaDB, as `user@host`.
///
/// Invariant: both parts hold only characters that need no quoting rules inside `'…'`.
public struct DatabaseAccount: Hashable, Sendable {
  let user: String
  let host: String

  /// Accepts `user@host` of ASCII letters, digits and `_ - . % :`; anything else is nil.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ DatabaseAccount.isPlain($0) }) else { return nil }
    user = String(parts[0])
    host = String(parts[1])
  }

  fileprivate var quoted: String { "'\(user)'@'\(host)'" }

  private static func isPlain(_ text: some StringProtocol) -> Bool {
    (1...80).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x25, 0x3A: true
        default: false
        }
      }
  }
}

/// What the worker's database user may do: no DDL, and no change to what is append-only.
public enum WorkerGrants {
  static let changeable = [
    "sessions", "sign_in_failures", "coin_package_prices", "encryption_key_checks",
    "second_factors", "recovery_codes", "enrolment_codes",
    "statistics_progress", "statistics_stale", "statistics_quarters", "statistics_counts",
  ]
  /// Never changed, but deleted with age.
  static let ageing = ["provider_calls"]
  /// Changed, but never deleted.
  static let lasting = [
    "users", "coin_packages", "coin_orders", "payments", "payment_events", "wallets", "refunds",
    "disputes", "suspense_entries", "confirmations", "site_controls", "method_controls",
    "reconciliation_runs", "reconciliation_items", "seal_keys", "audit_head",
    "operator_requests", "operator_days",
  ]
  static let appendOnly = [
    "ledger_entries", "order_transitions", "operator_actions", "reconciliation_matches",
    "coin_order_prices",
  ]
  static let readable = ["schema_migrations"]

  /// GRANT statements for an administrator to run in the database of CoinPay, after the migrations.
  public static func statements(for account: DatabaseAccount) -> String {
    text(rights, for: account)
  }

  /// Statements that take away what the worker could do by earlier versions, to be run before
  /// `statements`. A right is given first, since one that is not there cannot be taken.
  public static func revocations(for account: DatabaseAccount) -> String {
    lasting.map { table in
      "GRANT DELETE ON \(table) TO \(account.quoted);\n"
        + "REVOKE DELETE ON \(table) FROM \(account.quoted);\n"
    }.joined()
  }

  /// What stands between GRANT and TO.
  static var rights: [String] {
    changeable.map { "SELECT, INSERT, UPDATE, DELETE ON \($0)" }
      + ageing.map { "SELECT, INSERT, DELETE ON \($0)" }
      + lasting.map { "SELECT, INSERT, UPDATE ON \($0)" }
      + appendOnly.map { "SELECT, INSERT ON \($0)" } + readable.map { "SELECT ON \($0)" }
  }

  fileprivate static func text(_ rights: [String], for account: DatabaseAccount) -> String {
    rights.map { "GRANT \($0) TO \(account.quoted);\n" }.joined()
  }
}

/// What the database user of the purge may do. It alone may delete history, and where there was money
/// the foreign keys of `readable` tables keep it from that.
public enum KeeperGrants {
  static let removable = [
    "coin_orders", "payments", "payment_events", "order_transitions", "sessions",
    "sign_in_failures",
  ]
  static let readable = ["ledger_entries", "refunds", "disputes", "confirmations"]
  static let appendOnly = ["operator_actions"]

  /// GRANT statements for an administrator to run in the database of CoinPay, after the migrations.
  public static func statements(for account: DatabaseAccount) -> String {
    WorkerGrants.text(
      removable.map { "SELECT, DELETE ON \($0)" } + readable.map { "SELECT ON \($0)" }
        + appendOnly.map { "SELECT, INSERT ON \($0)" }, for: account)
  }
}
