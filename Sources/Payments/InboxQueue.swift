import Database
import Provider
import Vocabulary

/// The events that could not be settled when they arrived, shared by all workers of all hosts.
enum InboxQueue {
  /// Attempts at one event before it is parked for an operator.
  static let attemptsMax: Int64 = 12
  /// Wait after the first failure; doubles with each further one.
  static let firstDelaySeconds: Int64 = 1
  static let delaySecondsMax: Int64 = 900
  static let schedule = Schedule(longestPauseSeconds: delaySecondsMax)

  /// An event that is due, with the attempts that failed so far.
  struct Due {
    let id: EventID
    let attempts: Int64
    /// Nil when the row cannot be read back, such as one that a newer version wrote.
    let event: InboxEvent?
  }

  /// Locks events that are due, oldest first, and skips those that another worker has locked. What has
  /// to be asked at the provider first is not among them.
  static func lockDue(
    at moment: Timestamp, limit: Int, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Due] {
    try read(
      """
      e WHERE e.state = 'PENDING' AND e.kind <> 'CHANGED'
        AND \(schedule.isDue("e.next_attempt_at", at: moment))
      ORDER BY e.next_attempt_at, e.id LIMIT \(limit) FOR UPDATE SKIP LOCKED
      """, in: &transaction)
  }

  /// Reads events `e` of the inbox back.
  static func read(
    _ condition: SQL, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Due] {
    let rows = try transaction.all(
      """
      SELECT e.id, e.attempts, e.provider, e.event_key, e.source, e.kind, e.out_trade_no,
        e.provider_txn_id, e.merchant_account, e.live_mode, e.amount, e.currency, e.cause,
        e.news_status, e.news_no, e.news_id, e.amount_is_total, e.respond_by, e.occurred_at
      FROM payment_events \(condition)
      """,
      as: (
        EventID, Int64, String, String, String, String, String?, String?, String, Bool, Int64?,
        String?, String?, String?, String?, String?, Bool?, Timestamp?, Timestamp
      ).self)
    return rows.map { row in
      guard let provider = PaymentMethod(rawValue: row.2),
        let source = ProviderEvent.Source(rawValue: row.4),
        let kind = EventKind(rawValue: row.5)
      else { return Due(id: row.0, attempts: row.1, event: nil) }
      let amount = row.10.flatMap { minorUnits in
        row.11.map { ReportedAmount(minorUnits: minorUnits, currencyCode: $0) }
      }
      var columns = EventKindColumns(kind: kind)
      columns.amount = amount
      columns.cause = row.12.map { Cause(stored: $0) }
      (columns.newsStatus, columns.newsNo, columns.newsID) = (row.13, row.14, row.15)
      (columns.amountIsTotal, columns.respondBy) = (row.16, row.17)
      let event = columns.eventKind.flatMap { kind in
        ProviderEvent(
          provider: provider, eventKey: row.3, source: source, kind: kind, outTradeNo: row.6,
          providerTransactionID: row.7,
          account: ProviderAccount(merchant: row.8, isLive: row.9), occurredAt: row.18)
      }
      return Due(
        id: row.0, attempts: row.1, event: event.map { InboxEvent(id: row.0, event: $0) })
    }
  }

  /// Notes a failed attempt: the event waits longer, or is parked after the last one. One that was
  /// settled meanwhile stays as it is.
  /// - Returns: whether the event is parked now.
  static func postpone(
    _ eventID: EventID, attempts: Int64, error: DatabaseError, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    try postpone(eventID, attempts: attempts, reason: "\(error)", at: moment, in: &transaction)
  }

  /// - Parameter reason: why it has to wait.
  static func postpone(
    _ eventID: EventID, attempts: Int64, reason: String, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    let text = TextLimit.reason.cut(reason)
    guard attempts + 1 < attemptsMax else {
      _ = try transaction.execute(
        """
        UPDATE payment_events SET state = 'PARKED', attempts = \(attempts + 1),
          next_attempt_at = NULL, last_error = \(text)
        WHERE id = \(eventID) AND state = 'PENDING'
        """)
      return true
    }
    let next = moment.adding(seconds: delaySeconds(afterAttempts: attempts))
    _ = try transaction.execute(
      """
      UPDATE payment_events SET attempts = \(attempts + 1), next_attempt_at = \(next),
        last_error = \(text) WHERE id = \(eventID) AND state = 'PENDING'
      """)
    return false
  }

  /// Events that may be settled: not those that were parked without a try, because what they say is not all there.
  static let canBeSettled: SQL = "(state = 'PENDING' OR (state = 'PARKED' AND attempts > 0))"

  /// Parks an event that must not be settled, because what it says is not all there.
  static func park(
    _ item: InboxEvent, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let columns = item.event.alteredColumns.joined(separator: ", ")
    let text = TextLimit.reason.cut("cannot be stored as it was sent: \(columns)")
    _ = try transaction.execute(
      """
      UPDATE payment_events SET state = 'PARKED', next_attempt_at = NULL, last_error = \(text)
      WHERE id = \(item.id) AND state = 'PENDING'
      """)
  }

  /// Exponential, with the event spread over the second half so that many do not return at once.
  static func delaySeconds(afterAttempts attempts: Int64) -> Int64 {
    let doubled = firstDelaySeconds << min(attempts, 20)
    let delay = min(doubled, delaySecondsMax)
    return delay < 2 ? delay : Int64.random(in: (delay / 2)...delay)
  }
}
