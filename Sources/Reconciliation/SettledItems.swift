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

  /// Differences of a provider, of whatever run, that what happened here since has made an end of: both
  /// sides say the same now.
  static func resolveSettled(
    _ provider: PaymentMethod, in executor: inout some SQLExecutor & ~Copyable,
    at moment: Timestamp
  ) throws(DatabaseError) {
    try resolve("i.provider = \(provider)", in: &executor, at: moment)
    let sides: [SQL] = [
      """
      JOIN payments p ON p.provider = i.provider AND p.amount = i.their_amount
        AND p.currency = i.their_currency AND p.status IN ('SUCCEEDED', 'DUPLICATE')
        AND (p.provider_txn_id IS NULL OR i.provider_txn_id IS NULL
          OR p.provider_txn_id = i.provider_txn_id)
        AND (p.id = i.payment_id OR p.out_trade_no = i.out_trade_no)
        AND i.subject = 'PAYMENT' AND i.their_status = 'SUCCEEDED'
      """,
      """
      JOIN refunds p ON p.amount = i.their_amount AND p.currency = i.their_currency
        AND p.status = i.their_status
        AND (p.id = i.refund_id OR (p.payment_id = i.payment_id
          AND (p.out_request_no = i.out_request_no
            OR p.provider_refund_id = i.provider_refund_id)))
        AND i.subject = 'REFUND'
      """,
      // A dispute that nobody had told of may have ended since in any way; money that is with us again says that it
      // was won.
      """
      JOIN disputes p ON p.payment_id = i.payment_id AND p.dispute_id = i.provider_refund_id
        AND p.amount = i.their_amount AND p.currency = i.their_currency AND p.status <> 'INQUIRY'
        AND (i.kind = 'MISSING_HERE' OR (p.status = 'WON') = (i.their_status <> 'SUCCEEDED'))
        AND i.subject = 'DISPUTE'
      """,
    ]
    for side in sides {
      _ = try executor.execute(
        """
        UPDATE reconciliation_items i \(side)
        SET i.resolved_at = \(moment), i.actor = \(actor), i.resolution = 'SETTLED_SINCE'
        WHERE i.provider = \(provider) AND i.kind IN ('MISSING_HERE', 'STATUS_DIFFERS')
          AND i.resolved_at IS NULL
        """)
    }
  }
}
