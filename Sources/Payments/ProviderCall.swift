public import Database
public import Vocabulary

/// A call to a provider as it is recorded: for people who look into a payment, deleted with age. What
/// was decided by the answer is in the inbox.
public struct ProviderCall: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    case answered(status: Int64)
    case unanswered(error: String)
  }

  /// What came of it, for people.
  public var outcome: String {
    switch result {
    case .answered(let status): "HTTP \(status)"
    case .unanswered(let error): error
    }
  }

  public let provider: String
  /// As `CallPurpose.Operation` names it.
  public let operation: String
  public let outTradeNo: String?
  /// Without its query.
  public let address: String
  /// The request of ours that made the call.
  public let requestID: String?
  /// How the provider names the call, to be quoted to its support.
  public let providerRequestID: String?
  public let result: Result
  public let durationMilliseconds: Int64
  public let createdAt: Timestamp

  /// How long calls are kept, in days.
  public static let keptDays: Int64 = 90
  /// Calls written or deleted at once.
  public static let batchRowsMax = 500
  /// Calls of one order that one look shows.
  private static let ofOrderMax = 200

  public init(
    provider: String, operation: String, outTradeNo: String?, address: String, requestID: String?,
    providerRequestID: String?, result: Result, durationMilliseconds: Int64, createdAt: Timestamp
  ) {
    self.provider = provider
    self.operation = operation
    self.outTradeNo = outTradeNo
    self.address = address
    self.requestID = requestID
    self.providerRequestID = providerRequestID
    self.result = result
    self.durationMilliseconds = durationMilliseconds
    self.createdAt = createdAt
  }
}

extension ProviderCall {
  /// Writes calls: 1…`batchRowsMax`.
  public static func insert(
    _ calls: [ProviderCall], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) {
    try executor.executeBulk(
      """
      INSERT INTO provider_calls (provider, operation, out_trade_no, address, request_id,
        provider_request_id, http_status, error, duration_ms, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, rows: calls.map(\.row))
  }

  private var row: [any Bindable] {
    var (status, error): (Int64?, String?) = (nil, nil)
    switch result {
    case .answered(let number): status = number
    case .unanswered(let text): error = TextLimit.reason.cut(text)
    }
    return [
      plain(provider, 16), plain(operation, 16), outTradeNo.map { plain($0, 64) },
      plain(address, 255), requestID.map { plain($0, 64) },
      providerRequestID.map { plain($0, 128) }, status, error, durationMilliseconds, createdAt,
    ]
  }

  /// What a provider says about itself may be anything.
  private func plain(_ text: String, _ charactersMax: Int) -> String {
    TextLimit(charactersMax, .scalars).ascii(text)
  }

  /// The calls about an order's payments, oldest first.
  public static func list(
    of orderID: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [ProviderCall] {
    let rows = try executor.all(
      """
      SELECT c.provider, c.operation, c.out_trade_no, c.address, c.request_id,
        c.provider_request_id, c.http_status, COALESCE(c.error, ''), c.duration_ms, c.created_at
      FROM payments p JOIN provider_calls c
        ON c.out_trade_no = p.out_trade_no AND c.provider = p.provider
      WHERE p.order_id = \(orderID) ORDER BY c.id LIMIT \(ofOrderMax)
      """,
      as: (
        String, String, String?, String, String?, String?, Int64?, String, Int64, Timestamp
      ).self)
    return rows.map { row in
      ProviderCall(
        provider: row.0, operation: row.1, outTradeNo: row.2, address: row.3, requestID: row.4,
        providerRequestID: row.5,
        result: row.6.map { .answered(status: $0) } ?? .unanswered(error: row.7),
        durationMilliseconds: row.8, createdAt: row.9)
    }
  }

  /// Deletes some calls that are too old.
  /// - Returns: how many; fewer than `batchRowsMax` means that no more are left.
  public static func purge(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Int64 {
    let limit = moment.adding(seconds: -keptDays * 86_400)
    return try connection.execute(
      """
      DELETE FROM provider_calls WHERE created_at < \(limit)
      ORDER BY created_at LIMIT \(batchRowsMax)
      """
    ).affectedRows
  }
}
