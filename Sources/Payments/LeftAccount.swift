public import Database
import Provider
public import Vocabulary

/// An account of a provider that the settings name no longer, with what is still open there. Nobody
/// asks, closes or refunds it meanwhile: another account would answer that it knows none of it.
public struct LeftAccount: Hashable, Sendable {
  public let method: PaymentMethod
  /// The merchant's number, with the application's where both name the account.
  public let name: String
  /// Payments that may have been paid.
  public let payments: Int64
  /// Refunds whose end is not known.
  public let refunds: Int64
  public let oldest: Timestamp

  private typealias Row = (
    PaymentMethod, String, String, Bool, Int64, Int64, Timestamp
  )

  /// The accounts with open work that the settings do not name.
  public static func load(
    except registry: ProviderRegistry, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [LeftAccount] {
    let rows = try executor.all(
      """
      SELECT provider, merchant_account, application, live_mode,
        CAST(SUM(payments) AS SIGNED), CAST(SUM(refunds) AS SIGNED), MIN(created_at)
      FROM (
        SELECT p.provider, p.merchant_account, p.application, p.live_mode, 1 AS payments,
          0 AS refunds, p.created_at
        FROM payments p WHERE p.status IN ('STARTING', 'PENDING')
        UNION ALL
        SELECT p.provider, p.merchant_account, p.application, p.live_mode, 0, 1, r.created_at
        FROM refunds r JOIN payments p ON p.id = r.payment_id
        WHERE r.status IN ('REQUESTED', 'PENDING')) open_work
      GROUP BY provider, merchant_account, application, live_mode
      ORDER BY provider, merchant_account, application, live_mode
      """, as: Row.self)
    let accounts = registry.accounts
    return rows.compactMap { row in
      let account = ProviderAccount(merchant: row.1, application: row.2, isLive: row.3)
      guard accounts[row.0]?.holds(account) != true else { return nil }
      let names = [row.1, row.2].filter { !$0.isEmpty }.joined(separator: "/")
      return LeftAccount(
        method: row.0, name: (names.isEmpty ? "unnamed" : names) + (row.3 ? "" : " (test)"),
        payments: row.4, refunds: row.5, oldest: row.6)
    }
  }
}
