public import Database
import Orders
public import Provider
public import Vocabulary

/// Refunds and payments that have been open for longer than any provider should need, or that their
/// provider says it cannot end by itself. Told by age alone, so that it does not matter whether a
/// provider is configured, answers or is asked at all.
public struct OverdueWork: Hashable, Sendable {
  public struct OpenRefund: Hashable, Sendable {
    let id: RefundID
    public let outRequestNo: String
    public let outTradeNo: String
    public let provider: PaymentMethod
    public let account: ProviderAccount
    public let status: RefundStatus
    /// In the provider's words, when it said why it does not go on.
    public let cause: String?
    public let createdAt: Timestamp
  }

  public struct OpenPayment: Hashable, Sendable {
    let id: PaymentID
    public let outTradeNo: String
    public let provider: PaymentMethod
    public let account: ProviderAccount
    public let status: PaymentStatus
    public let createdAt: Timestamp
  }

  public let refunds: [OpenRefund]
  public let payments: [OpenPayment]

  /// Age at which a refund that the provider has not taken on is overdue, in seconds.
  public static let requestedSecondsMax: Int64 = 3_600
  /// Age at which a refund that the provider has taken on is overdue, in seconds.
  public static let pendingSecondsMax: Int64 = 86_400
  /// How long after its order's end an open payment is overdue, in seconds.
  public static let paymentSecondsMax: Int64 = 86_400
  /// Pause between two alarms about the same, in seconds.
  static let alarms = Schedule(longestPauseSeconds: 86_400)
  /// Refunds or payments looked at together.
  public static let rowsMax = 64
}

extension OverdueWork {
  /// All that is overdue and every refund that its provider cannot end by itself, the oldest first, at
  /// most `rowsMax` of each.
  public static func load(
    at moment: Timestamp, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OverdueWork {
    OverdueWork(
      refunds: try refunds(
        "OR (r.status = 'PENDING' AND r.cause IS NOT NULL)", at: moment, in: &executor),
      payments: try payments("", at: moment, in: &executor))
  }

  /// Takes what is to be alarmed about now. What another process is just taking is left to it: one alarm
  /// is enough.
  static func take(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> OverdueWork {
    let openPayments = try payments(
      "AND (p.alarmed_at IS NULL OR \(alarms.isOver(since: "p.alarmed_at", at: moment)))",
      at: moment, lock: "FOR UPDATE SKIP LOCKED", in: &transaction)
    let openRefunds = try refunds(
      "AND (r.alarmed_at IS NULL OR \(alarms.isOver(since: "r.alarmed_at", at: moment)))",
      at: moment, lock: "FOR UPDATE SKIP LOCKED", in: &transaction)
    let work = OverdueWork(refunds: openRefunds, payments: openPayments)
    if !work.payments.isEmpty {
      _ = try transaction.execute(
        """
        UPDATE payments SET alarmed_at = \(moment) WHERE id IN \(list: work.payments.map(\.id))
        """)
    }
    if !work.refunds.isEmpty {
      _ = try transaction.execute(
        """
        UPDATE refunds SET alarmed_at = \(moment) WHERE id IN \(list: work.refunds.map(\.id))
        """)
    }
    return work
  }

  private static func refunds(
    _ condition: SQL, at moment: Timestamp, lock: SQL = "",
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OpenRefund] {
    let requestedLimit = moment.adding(seconds: -requestedSecondsMax)
    let pendingLimit = moment.adding(seconds: -pendingSecondsMax)
    return try executor.all(
      """
      SELECT r.id, r.out_request_no, p.out_trade_no, p.provider, r.status, r.cause, r.created_at,
        p.merchant_account, p.application, p.live_mode
      FROM refunds r JOIN payments p ON p.id = r.payment_id
      WHERE ((r.status = 'REQUESTED' AND r.created_at <= \(requestedLimit))
          OR (r.status = 'PENDING' AND r.created_at <= \(pendingLimit)))
        \(condition)
      ORDER BY r.id LIMIT \(rowsMax) \(lock)
      """,
      as: (
        RefundID, String, String, PaymentMethod, RefundStatus, String?, Timestamp, String, String,
        Bool
      ).self
    ).map { row in
      OpenRefund(
        id: row.0, outRequestNo: row.1, outTradeNo: row.2, provider: row.3,
        account: ProviderAccount(merchant: row.7, application: row.8, isLive: row.9),
        status: row.4, cause: row.5, createdAt: row.6)
    }
  }

  private static func payments(
    _ condition: SQL, at moment: Timestamp, lock: SQL = "",
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OpenPayment] {
    let limit = moment.adding(seconds: -paymentSecondsMax)
    return try executor.all(
      """
      SELECT p.id, p.out_trade_no, p.provider, p.status, p.created_at, p.merchant_account,
        p.application, p.live_mode
      FROM payments p JOIN coin_orders o ON o.id = p.order_id
      WHERE p.status IN ('STARTING', 'PENDING') AND o.expires_at <= \(limit) \(condition)
      ORDER BY p.id LIMIT \(rowsMax) \(lock)
      """,
      as: (
        PaymentID, String, PaymentMethod, PaymentStatus, Timestamp, String, String, Bool
      ).self
    ).map { row in
      OpenPayment(
        id: row.0, outTradeNo: row.1, provider: row.2,
        account: ProviderAccount(merchant: row.5, application: row.6, isLive: row.7),
        status: row.3, createdAt: row.4)
    }
  }
}
