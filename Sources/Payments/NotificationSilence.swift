public import Database
public import Vocabulary

/// Payments of one provider that we had to ask for, since its last notification came: that its
/// notifications are lost shows by nothing else, because the payments are credited all the same.
public struct NotificationSilence: Hashable, Sendable {
  public let provider: PaymentMethod
  /// Payments that were learned of by asking or from the books, and not by a notification since.
  public let payments: Int64
  /// When the first of them was learned of.
  public let since: Timestamp

  /// How long after an answer its notification may still come, in seconds.
  public static let delaySeconds: Int64 = 600
  /// As many such payments are no accident.
  public static let paymentsMax: Int64 = 3
  /// How far an operator's question looks back, in seconds: small shops sell little in a day.
  public static let longWindowSeconds: Int64 = 3 * 86_400
  /// How far monitoring looks back, in seconds; it asks often.
  public static let shortWindowSeconds: Int64 = 6 * 3_600

  /// Providers without any such payment are left out.
  public static func load(
    at now: Timestamp, windowSeconds: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [NotificationSilence] {
    let start = now.adding(seconds: -windowSeconds)
    let end = now.adding(seconds: -delaySeconds)
    let rows = try executor.all(
      """
      SELECT asked.provider, COUNT(DISTINCT asked.payment_id), MIN(asked.received_at)
      FROM payment_events AS asked
      LEFT JOIN (
        SELECT provider, MAX(received_at) AS received_at FROM payment_events
        WHERE kind = 'SUCCEEDED' AND source = 'NOTIFICATION' AND received_at >= \(start)
        GROUP BY provider
      ) AS told ON told.provider = asked.provider
      WHERE asked.kind = 'SUCCEEDED' AND asked.source IN ('QUERY', 'RECONCILIATION')
        AND asked.received_at BETWEEN \(start) AND \(end) AND asked.payment_id IS NOT NULL
        AND (told.received_at IS NULL OR told.received_at < asked.received_at)
      GROUP BY asked.provider
      """, as: (PaymentMethod, Int64, Timestamp).self)
    return rows.map { NotificationSilence(provider: $0.0, payments: $0.1, since: $0.2) }
  }
}
