import Database
import Vocabulary

/// Closes differences that need nobody: what the settlement has done, what the books of another day
/// turned out to know.
enum SettledItems {
  /// Who closes them.
  private static let actor = "system"

  /// Differences whose event was settled so that the books agree now, or whose money lies in suspense,
  /// where it is alarmed about until somebody knows whose it is.
  ///
  /// - Parameter scope: which differences `i` to look at; begins with the columns of an index.
  static func resolve(
    _ scope: SQL, in executor: inout some SQLExecutor & ~Copyable, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try executor.execute(
      """
      UPDATE reconciliation_items i JOIN payment_events e
        ON e.provider = i.provider AND e.event_key = i.event_key
      SET i.resolved_at = \(moment), i.actor = \(actor), i.resolution = e.outcome,
        i.payment_id = COALESCE(i.payment_id, e.payment_id)
      WHERE \(scope) AND i.kind = 'MISSING_HERE' AND i.resolved_at IS NULL
        AND e.state = 'SETTLED' AND (e.outcome IN ('CREDITED', 'DUPLICATE', 'REFUND_SUCCEEDED')
          OR (i.subject = 'PAYMENT' AND e.outcome IN ('IGNORED', 'UNMATCHED')))
      """)
  }

  /// Money that no payment of ours has the numbers of, and that a notification put into suspense.
  static func resolveKept(
    _ scope: SQL, in executor: inout some SQLExecutor & ~Copyable, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try executor.execute(
      """
      UPDATE reconciliation_items i
      SET i.resolved_at = \(moment), i.actor = \(actor), i.resolution = 'IN_SUSPENSE'
      WHERE \(scope) AND i.kind = 'MISSING_HERE' AND i.resolved_at IS NULL
        AND i.subject = 'PAYMENT' AND i.event_key IS NULL AND i.payment_id IS NULL
      """)
  }

  /// Differences of a provider, of whatever run, that the books of some day have explained since.
  static func resolveFound(
    _ provider: PaymentMethod, in executor: inout some SQLExecutor & ~Copyable,
    at moment: Timestamp
  ) throws(DatabaseError) {
    let marks: [SQL] = [
      "m.subject = \(BookMark.paymentLetter) AND m.subject_id = i.payment_id AND i.subject = 'PAYMENT'",
      "m.subject = \(BookMark.refundLetter) AND m.subject_id = i.refund_id AND i.subject = 'REFUND'",
    ]
    for mark in marks {
      _ = try executor.execute(
        """
        UPDATE reconciliation_items i JOIN reconciliation_matches m ON \(mark)
        SET i.resolved_at = \(moment), i.actor = \(actor), i.resolution = 'FOUND_IN_BOOKS'
        WHERE i.provider = \(provider) AND i.kind = 'MISSING_THERE' AND i.resolved_at IS NULL
        """)
    }
  }
}
