public import Database
public import Provider
public import Vocabulary

/// One difference between a provider's books and ours, with both sides.
public struct ReconciliationItem: Hashable, Sendable {
  /// What one side says.
  public struct Side: Hashable, Sendable {
    /// A state of a payment, refund or dispute, in the words of that side.
    public let status: String
    public let amount: ReportedAmount
  }

  public let id: Int64
  public let runID: Int64
  public let provider: PaymentMethod
  public let kind: Difference
  public let subject: BookLine.Kind
  public let outTradeNo: String?
  public let providerTransactionID: String?
  public let outRequestNo: String?
  public let providerRefundID: String?
  public let ours: Side?
  public let theirs: Side?
  public let occurredAt: Timestamp
  public let createdAt: Timestamp
  public let resolvedAt: Timestamp?
  public let resolution: String?
  public let actor: String?

  public var isOpen: Bool { resolvedAt == nil }
}

extension BookLine.Kind: ColumnDecodable {}

/// Which differences to show.
public struct ItemFilter: Hashable, Sendable {
  public var run: Int64?
  public var kind: Difference?
  /// Only those that wait for an operator.
  public var isOpenOnly = false

  public init(run: Int64? = nil, kind: Difference? = nil, isOpenOnly: Bool = false) {
    self.run = run
    self.kind = kind
    self.isOpenOnly = isOpenOnly
  }

  var condition: SQL {
    let run: SQL = run.map { "AND i.run_id = \($0)" } ?? ""
    let kind: SQL = kind.map { "AND i.kind = \($0.rawValue)" } ?? ""
    let open: SQL = isOpenOnly ? "AND i.resolved_at IS NULL" : ""
    return "\(run) \(kind) \(open)"
  }
}

extension ReconciliationItem {
  /// Differences on one page.
  public static let pageItemsMax = 500

  /// A page of differences, oldest first.
  ///
  /// - Parameters:
  ///   - after: the last one of the page before.
  ///   - limit: 1…`pageItemsMax`.
  public static func page(
    _ filter: ItemFilter, after: Int64 = 0, limit: Int,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ReconciliationItem] {
    try items(
      "WHERE i.id > \(after) \(filter.condition) ORDER BY i.id LIMIT \(limit)", in: &executor)
  }

  /// How many differences a filter lets through.
  public static func count(
    _ filter: ItemFilter, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Int64 {
    try executor.first(
      "SELECT COUNT(*) FROM reconciliation_items i WHERE TRUE \(filter.condition)",
      as: Int64.self) ?? 0
  }

  public static func find(
    _ id: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> ReconciliationItem? {
    try items("WHERE i.id = \(id)", in: &executor).first
  }

  /// The differences of an order's payments and refunds, oldest first.
  public static func list(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ReconciliationItem] {
    try items(
      """
      JOIN payments p ON p.id = i.payment_id WHERE p.order_id = \(orderID)
      ORDER BY i.id LIMIT \(pageItemsMax)
      """, in: &executor)
  }

  /// Writes down what became of a difference. What an operator does is `OpenMatter.resolve`.
  /// - Returns: false when there is no such open one.
  public static func close(
    _ id: Int64, resolution: String, actor: String, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    let result = try transaction.execute(
      """
      UPDATE reconciliation_items SET resolved_at = \(moment), resolution = \(resolution),
        actor = \(actor) WHERE id = \(id) AND resolved_at IS NULL
      """)
    return result.affectedRows == 1
  }

  static func items(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ReconciliationItem] {
    let rows = try executor.all(
      """
      SELECT i.id, i.run_id, i.provider, i.kind, i.subject, i.out_trade_no, i.provider_txn_id,
        i.out_request_no, i.provider_refund_id, i.our_status, i.our_amount, i.our_currency,
        i.their_status, i.their_amount, i.their_currency, i.occurred_at, i.created_at,
        i.resolved_at, i.resolution, i.actor
      FROM reconciliation_items i \(condition)
      """,
      as: (
        Int64, Int64, PaymentMethod, Difference, BookLine.Kind, String?, String?, String?, String?,
        String?, Int64?, String?, String?, Int64?, String?, Timestamp, Timestamp, Timestamp?,
        String?, String?
      ).self)
    return rows.map { row in
      ReconciliationItem(
        id: row.0, runID: row.1, provider: row.2, kind: row.3, subject: row.4, outTradeNo: row.5,
        providerTransactionID: row.6, outRequestNo: row.7, providerRefundID: row.8,
        ours: Side(row.9, row.10, row.11), theirs: Side(row.12, row.13, row.14),
        occurredAt: row.15, createdAt: row.16, resolvedAt: row.17, resolution: row.18,
        actor: row.19)
    }
  }
}

extension ReconciliationItem.Side {
  init?(_ status: String?, _ minorUnits: Int64?, _ currency: String?) {
    guard let status, let minorUnits, let currency else { return nil }
    self.init(
      status: status, amount: ReportedAmount(minorUnits: minorUnits, currencyCode: currency))
  }
}
