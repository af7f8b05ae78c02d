public import Database
public import Provider
public import Vocabulary

extension DisputeNews.Status: ColumnDecodable {}

/// A buyer's dispute with their bank about one payment.
///
/// Invariant: `coinsFrozen` left the wallet when it was opened and came back exactly when it is WON.
public struct Dispute: Hashable, Sendable {
  /// Nil before it is in the database.
  let id: Int64?
  public let paymentID: PaymentID
  public let disputeID: String
  public internal(set) var status: DisputeNews.Status
  public let amount: ReportedAmount
  public internal(set) var coinsFrozen: Int64
  public internal(set) var respondBy: Timestamp?
  public let reason: String

  /// Whether coins are kept from the user because of it.
  var isUnfavourable: Bool { status == .opened || status == .lost }

  /// The disputes of payments, oldest first, locked. The payments are locked already.
  static func lock(
    of paymentIDs: [PaymentID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [Dispute] {
    try disputes(
      "WHERE payment_id IN \(list: paymentIDs) ORDER BY id FOR UPDATE", in: &transaction)
  }

  /// The disputes of payments, oldest first.
  ///
  /// - Parameter paymentIDs: 1…`SQL.listValuesMax`.
  public static func list(
    ofPayments paymentIDs: [PaymentID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Dispute] {
    try disputes("WHERE payment_id IN \(list: paymentIDs) ORDER BY id", in: &executor)
  }

  private static func disputes(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Dispute] {
    let rows = try executor.all(
      """
      SELECT id, payment_id, dispute_id, status, amount, currency, coins_frozen, respond_by, reason
      FROM disputes \(condition)
      """,
      as: (
        Int64, PaymentID, String, DisputeNews.Status, Int64, String, Int64, Timestamp?, String
      ).self)
    return rows.map { row in
      Dispute(
        id: row.0, paymentID: row.1, disputeID: row.2, status: row.3,
        amount: ReportedAmount(minorUnits: row.4, currencyCode: row.5), coinsFrozen: row.6,
        respondBy: row.7, reason: row.8)
    }
  }

  /// Inserts a new dispute or writes the new state of a known one.
  func write(in transaction: inout Transaction, at moment: Timestamp) throws(DatabaseError) {
    guard let id else {
      _ = try transaction.execute(
        """
        INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coins_frozen,
          reason, respond_by, created_at, updated_at)
        VALUES (\(paymentID), \(disputeID), \(status.rawValue), \(amount.minorUnits),
          \(amount.currencyCode), \(coinsFrozen), \(reason), \(respondBy), \(moment), \(moment))
        """)
      return
    }
    _ = try transaction.execute(
      """
      UPDATE disputes SET status = \(status.rawValue), coins_frozen = \(coinsFrozen),
        respond_by = \(respondBy), updated_at = \(moment) WHERE id = \(id)
      """)
  }
}
