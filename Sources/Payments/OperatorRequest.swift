import Audit
public import Database
public import Vocabulary

/// What an operator wishes to do and a second person has to agree to.
public struct OperatorRequest: Hashable, Sendable {
  public enum Status: String, CaseIterable, Sendable, ColumnDecodable {
    case open = "OPEN"
    case approved = "APPROVED"
    case rejected = "REJECTED"
    case expired = "EXPIRED"
  }

  public enum Deed: Hashable, Sendable {
    case grant
    case deduct
    /// - Parameter isForAll: whether no amount was said.
    case refund(OrderNumber, Money, RefundRule, isForAll: Bool)
  }

  public let id: Int64
  public let deed: Deed
  /// Whose coins.
  public let userID: UserID
  public let username: String
  /// Given, taken or left with the buyer.
  public let coins: Int64
  public let reason: String
  public let status: Status
  public let requestedBy: String
  public let decidedBy: String?
  let requestKey: String?
  let actionID: Int64
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  public let decidedAt: Timestamp?

  /// How long a request can be approved, in seconds.
  static let openSeconds: Int64 = 3 * 86_400
  static let rowsMax = 100
  /// Requests of one person that wait at the same time: those who decide have to read them all.
  public static let openMax: Int64 = 20

  /// In words of records.
  public var words: String { OperatorRequest.words(of: deed, coins: coins) }

  /// What the request is about: the order, or else the user.
  public var subject: String { OperatorRequest.subject(of: deed, userID) }

  static func words(of deed: Deed, coins: Int64) -> String {
    switch deed {
    case .grant: "grant \(coins) coins"
    case .deduct: "deduct \(coins) coins"
    case .refund(_, let amount, let rule, let isForAll):
      "refund \(amount)\(isForAll ? ", all that is left" : ""), \(rule.rawValue), \(coins) coins stay"
    }
  }

  static func subject(of deed: Deed, _ userID: UserID) -> String {
    if case .refund(let number, _, _, _) = deed { return number.text }
    return "user:\(userID)"
  }
}

extension OperatorRequest {
  /// Requests that wait, oldest first.
  public static func open(
    after id: Int64 = 0, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OpenPart<OperatorRequest> {
    let requests = try rows(
      "WHERE r.status = 'OPEN' AND r.id > \(id) ORDER BY r.id LIMIT \(rowsMax)", in: &executor)
    let open = try executor.first(
      "SELECT COUNT(*) FROM operator_requests WHERE status = 'OPEN' AND id > \(id)",
      as: Int64.self)
    return OpenPart(requests, last: requests.last?.id, open: open ?? 0)
  }

  /// Those that were decided last, newest first; the audit log has all.
  public static func decided(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OperatorRequest] {
    try rows("WHERE r.status <> 'OPEN' ORDER BY r.id DESC LIMIT \(rowsMax)", in: &executor)
  }

  static func find(
    _ id: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OperatorRequest? {
    try rows("WHERE r.id = \(id)", in: &executor).first
  }

  static func find(
    requestKey: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> OperatorRequest? {
    try rows("WHERE r.request_key = \(requestKey)", in: &executor).first
  }

  private static func rows(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OperatorRequest] {
    let rows = try executor.all(
      """
      SELECT r.id, r.deed, r.user_id, u.username, r.order_no, r.coins, r.amount, r.currency,
        r.coin_rule, r.reason, r.status, r.requested_by, r.decided_by, r.request_key, r.action_id,
        r.created_at, r.expires_at, r.decided_at
      FROM operator_requests r JOIN users u ON u.id = r.user_id \(condition)
      """,
      as: (
        Int64, String, UserID, String, String?, Int64, Int64?, Currency?, String?, String, Status,
        String, String?, String?, Int64, Timestamp, Timestamp, Timestamp?
      ).self)
    return try rows.map { (row) throws(DatabaseError) in
      guard let deed = deed(row.1, row.4, row.6, row.7, row.8) else {
        throw DatabaseError.inconsistent("request \(row.0) is about nothing that is known")
      }
      return OperatorRequest(
        id: row.0, deed: deed, userID: row.2, username: row.3, coins: row.5, reason: row.9,
        status: row.10, requestedBy: row.11, decidedBy: row.12, requestKey: row.13,
        actionID: row.14, createdAt: row.15, expiresAt: row.16, decidedAt: row.17)
    }
  }

  /// The column `operator_requests.deed`.
  private enum DeedName: String {
    case grant = "GRANT"
    case deduct = "DEDUCT"
    case refund = "REFUND"
    /// Of all that is left, whose amount nobody said.
    case refundOfAll = "REFUND_ALL"
  }

  private static func deed(
    _ name: String, _ number: String?, _ amount: Int64?, _ currency: Currency?, _ rule: String?
  ) -> Deed? {
    guard let name = DeedName(rawValue: name) else { return nil }
    switch name {
    case .grant: return .grant
    case .deduct: return .deduct
    case .refund, .refundOfAll:
      guard let number = number.flatMap({ OrderNumber($0) }), let amount, let currency,
        let money = Money(minorUnits: amount, currency: currency),
        let rule = rule.flatMap({ RefundRule(rawValue: $0) })
      else { return nil }
      return .refund(number, money, rule, isForAll: name == .refundOfAll)
    }
  }

  /// Records a wish, with its line in the audit log.
  /// - Returns: nil when as many of the person's wishes wait as may.
  static func record(
    _ deed: Deed, for userID: UserID, coins: Int64, reason: String, actor: String, key: String?,
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> OperatorRequest? {
    let actors = try OperatorPerson.of(actor, in: &transaction).actors(in: &transaction)
    let open = try transaction.first(
      """
      SELECT COUNT(*) FROM operator_requests
      WHERE status = 'OPEN' AND expires_at > \(moment) AND requested_by IN \(list: actors)
      """, as: Int64.self)
    guard (open ?? 0) < openMax else { return nil }
    let action = try OperatorAction(
      actor: actor, kind: .requestDeed, subject: subject(of: deed, userID), reason: reason,
      details: words(of: deed, coins: coins)
    ).record(in: &transaction, at: moment)
    let (name, number, amount, rule): (DeedName, String?, Money?, String?) =
      switch deed {
      case .grant: (.grant, nil, nil, nil)
      case .deduct: (.deduct, nil, nil, nil)
      case .refund(let order, let money, let kept, let isForAll):
        (isForAll ? .refundOfAll : .refund, order.text, money, kept.rawValue)
      }
    let result = try transaction.execute(
      """
      INSERT INTO operator_requests (deed, user_id, order_no, coins, amount, currency, coin_rule,
        reason, status, requested_by, request_key, action_id, created_at, expires_at)
      VALUES (\(name.rawValue), \(userID), \(number), \(coins), \(amount?.minorUnits),
        \(amount?.currency), \(rule), \(reason), 'OPEN', \(actor), \(key), \(action), \(moment),
        \(moment.adding(seconds: openSeconds)))
      """)
    guard let request = try find(result.lastInsertID, in: &transaction) else {
      throw DatabaseError.inconsistent("request \(result.lastInsertID) was not written")
    }
    return request
  }
}

/// Whether a second person has to agree to a deed.
enum SecondPerson {
  case notNeeded
  case asked(OperatorRequest)
  /// As many wishes of the person wait as may.
  case tooManyAsked

  /// - Parameter request: nil when it was one too many.
  init(_ request: OperatorRequest?) { self = request.map { .asked($0) } ?? .tooManyAsked }
}
