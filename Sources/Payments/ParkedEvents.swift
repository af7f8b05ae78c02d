public import Database
import Provider
public import Vocabulary

/// The queue as operators see it: what waits, what was given up, and what to do about that.
public enum ParkedEvents {
  public struct Figures: Hashable, Sendable {
    /// Events that wait to be settled again.
    public let pending: Int64
    /// Events that were tried for the last time.
    public let parked: Int64
    /// When the oldest of those that wait arrived.
    public let oldest: Timestamp?
  }

  public struct Entry: Hashable, Sendable {
    public let id: EventID
    public let provider: PaymentMethod
    public let eventKey: String
    public let outTradeNo: String?
    public let receivedAt: Timestamp
    public let error: String
  }

  /// Entries that one look shows.
  static let entriesMax = 100

  public static func figures(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Figures {
    let row = try executor.first(
      """
      SELECT CAST(COALESCE(SUM(state = 'PENDING'), 0) AS SIGNED),
        CAST(COALESCE(SUM(state = 'PARKED'), 0) AS SIGNED),
        MIN(IF(state = 'PENDING', received_at, NULL))
      FROM payment_events WHERE state IN ('PENDING', 'PARKED')
      """, as: (Int64, Int64, Timestamp?).self)
    return Figures(pending: row?.0 ?? 0, parked: row?.1 ?? 0, oldest: row?.2)
  }

  /// The parked events, oldest first.
  public static func list(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Entry] {
    let rows = try executor.all(
      """
      SELECT id, provider, event_key, out_trade_no, received_at, COALESCE(last_error, '')
      FROM payment_events WHERE state = 'PARKED' ORDER BY id LIMIT \(entriesMax)
      """, as: (EventID, PaymentMethod, String, String?, Timestamp, String).self)
    return rows.map { row in
      Entry(
        id: row.0, provider: row.1, eventKey: row.2, outTradeNo: row.3, receivedAt: row.4,
        error: row.5)
    }
  }

  /// Lets a parked event, or all of them, wait for settlement again. What an operator does is `retry` in Operators.
  /// - Returns: the number of events.
  public static func reopen(
    _ id: EventID?, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Int64 {
    let only: SQL = id.map { "AND id = \($0)" } ?? ""
    return try transaction.execute(
      """
      UPDATE payment_events SET state = 'PENDING', attempts = 0, next_attempt_at = \(moment)
      WHERE state = 'PARKED' AND \(InboxQueue.canBeSettled) \(only)
      """
    ).affectedRows
  }

  /// Gives a parked event up for good; it stays in the inbox. What an operator does is `OpenMatter.resolve`.
  /// - Returns: false when there is no such parked event.
  public static func close(
    _ id: EventID, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    let result = try transaction.execute(
      """
      UPDATE payment_events SET state = 'SETTLED', outcome = 'DISCARDED', settled_at = \(moment)
      WHERE id = \(id) AND state = 'PARKED'
      """)
    return result.affectedRows == 1
  }
}
