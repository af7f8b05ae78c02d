public import Database
public import Vocabulary

/// Payments of one provider that we had to ask for, since its last notification came: that its
/// notifications are lost shows by nothing else, because the payments are credited all the same.
public struct NotificationSilence: Hashable, Sendable {
  public let provider: PaymentMethod
  /// Payments that were learned of by asking or from the books, and not by a notification since; at
  /// most `countedMax`.
  public let payments: Int64
  /// When the first of those counted was learned of.
  public let since: Timestamp

  /// How long after an answer its notification may still come, in seconds.
  public static let delaySeconds: Int64 = 600
  /// As many such payments are no accident.
  public static let paymentsMax: Int64 = 3
  /// How far to look back, in seconds: small shops sell little in a day.
  static let windowSeconds: Int64 = 3 * 86_400
  /// More say nothing more, and a rush without notifications is no time for long counting.
  static let countedMax: Int64 = 1_000

  /// Looks at some providers. Those without any such payment are left out.
  public static func load(
    of providers: [PaymentMethod], at now: Timestamp,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [NotificationSilence] {
    var silences: [NotificationSilence] = []
    for provider in providers {
      if let silence = try load(of: provider, at: now, in: &executor) { silences.append(silence) }
    }
    return silences
  }

  private static func load(
    of provider: PaymentMethod, at now: Timestamp, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> NotificationSilence? {
    // What a clock that was ahead wrote down says nothing about what came afterwards.
    let told = try executor.first(
      """
      SELECT MAX(received_at) FROM payment_events
      WHERE provider = \(provider) AND source = 'NOTIFICATION' AND kind = 'SUCCEEDED'
        AND received_at <= \(now.adding(seconds: Schedule.clockDifferenceSecondsMax))
      """, as: Timestamp?.self)
    let start = now.adding(seconds: -windowSeconds)
    let row = try executor.first(
      """
      SELECT COUNT(DISTINCT payment_id), MIN(received_at)
      FROM (
        SELECT payment_id, received_at FROM payment_events
        WHERE provider = \(provider) AND source IN ('QUERY', 'RECONCILIATION')
          AND kind = 'SUCCEEDED' AND received_at > \(max(start, (told ?? nil) ?? start))
          AND received_at <= \(now.adding(seconds: -delaySeconds)) AND payment_id IS NOT NULL
        ORDER BY received_at DESC LIMIT \(countedMax)
      ) AS asked
      """, as: (Int64, Timestamp?).self)
    guard let (payments, since) = row, let since, payments > 0 else { return nil }
    return NotificationSilence(provider: provider, payments: payments, since: since)
  }
}
