import Crypto
public import Database
import LogLines
import Logging
import Seals
public import Vocabulary

/// Something an operator did, as it is recorded for ever.
///
/// Each row's hash covers what it says and the hash of the row before it. It is written in the
/// transaction of what was done.
public struct OperatorAction: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case refund = "REFUND"
    case giveUpRefund = "GIVE_UP_REFUND"
    case grantCoins = "GRANT_COINS"
    case deductCoins = "DEDUCT_COINS"
    case allowNegative = "ALLOW_NEGATIVE"
    case forbidNegative = "FORBID_NEGATIVE"
    case resolveSuspense = "RESOLVE_SUSPENSE"
    case retryEvent = "RETRY_EVENT"
    case discardEvent = "DISCARD_EVENT"
    case resolveDifference = "RESOLVE_DIFFERENCE"
    case resettleOrder = "RESETTLE_ORDER"
    case closeOrder = "CLOSE_ORDER"
    case queryOrder = "QUERY_ORDER"
    case requestConfirmation = "REQUEST_CONFIRM"
    case approveConfirmation = "APPROVE_CONFIRM"
    case rejectConfirmation = "REJECT_CONFIRM"
    case requestDeed = "REQUEST_DEED"
    case approveDeed = "APPROVE_DEED"
    case rejectDeed = "REJECT_DEED"
    case viewNotification = "VIEW_NOTIFICATION"
    case createUser = "CREATE_USER"
    case setPassword = "SET_PASSWORD"
    case setRole = "SET_ROLE"
    case disableUser = "DISABLE_USER"
    case enableUser = "ENABLE_USER"
    case createPackage = "CREATE_PACKAGE"
    case editPackage = "EDIT_PACKAGE"
    case activatePackage = "ACTIVATE_PACKAGE"
    case deactivatePackage = "DEACTIVATE_PACKAGE"
    case stepUp = "STEP_UP"
    case enrolSecondFactor = "ENROL_FACTOR"
    case renewRecoveryCodes = "RENEW_CODES"
    case resetSecondFactor = "RESET_FACTOR"
    case inviteSecondFactor = "INVITE_FACTOR"
    case switchMethod = "SWITCH_METHOD"
    case orderMethods = "ORDER_METHODS"
    case pause = "PAUSE"
    case stopPayments = "STOP_PAYMENTS"
    case resume = "RESUME"
    case purgeOrders = "PURGE_ORDERS"
    case eraseUser = "ERASE_USER"
    case exportUser = "EXPORT_USER"
  }

  /// `cli:alice`
  public let actor: String
  public let kind: Kind
  /// What it was done to: an order number, a user's name, an event.
  public let subject: String
  public let reason: String
  /// What a reader needs to know beside, such as an amount.
  public let details: String
  /// The same key does it once.
  public let requestKey: String?

  /// The key that doing the same twice violates.
  public static let requestKeyName = "operator_actions_request_key"

  private static let previousHashKeyName = "operator_actions_previous_hash"
  private static let userPrefix = "user:"

  static let originHash = [UInt8](repeating: 0, count: 32)

  public init(
    actor: String, kind: Kind, subject: String, reason: String, details: String = "",
    requestKey: String? = nil
  ) {
    self.actor = actor
    self.kind = kind
    self.subject = subject
    self.reason = TextLimit.reason.cut(reason)
    self.details = TextLimit.reason.cut(details)
    self.requestKey = requestKey
  }

  /// Appends the action to the chain.
  /// - Returns: its number.
  /// - Throws: `duplicateKey` of `requestKeyName` when it was done before.
  public func record(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Int64 {
    let previous = try OperatorAction.lockLast(in: &transaction) ?? OperatorAction.originHash
    let key = try SealKey.ensure(in: &transaction, at: moment)
    let hash = hash(after: previous, at: moment, by: key)
    do throws(DatabaseError) {
      let result = try transaction.execute(
        """
        INSERT INTO operator_actions (actor, action, subject, reason, details, request_key,
          created_at, previous_hash, hash)
        VALUES (\(actor), \(kind.rawValue), \(subject), \(reason), \(details), \(requestKey),
          \(moment), \(previous), \(hash))
        """)
      let id = result.lastInsertID
      if let key { try OperatorAction.sealEnd(id, hash, by: key, in: &transaction) }
      transaction.afterCommit { log(id) }
      return id
    } catch  where error.duplicateKeyName == OperatorAction.previousHashKeyName {
      // Another action came between: before the first one there is no row to lock, and row locks do
      // not reach the other nodes of a cluster.
      throw error.asLostRace
    }
  }

  /// One line for each action. Reasons and details are words of people: the audit log has them.
  private func log(_ id: Int64) {
    var fields: LogFields = [
      .action: "\(kind.rawValue)", .actor: "\(actor)", .audit: "\(id)",
    ]
    if OrderNumber(subject) != nil {
      fields[.orderNumber] = "\(subject)"
    } else if subject.hasPrefix(OperatorAction.userPrefix) {
      fields[.user] = "\(subject.dropFirst(OperatorAction.userPrefix.count))"
    } else {
      fields[.subject] = "\(subject)"
    }
    Logger(label: "coinpay").write(.notice, "an operator acted", fields)
  }

  /// Locks the end of the chain.
  ///
  /// Whoever waited for the last row gets that row, although another one may follow it by then: the
  /// end is found when a second look sees the same.
  private static func lockLast(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> [UInt8]? {
    var last: (id: Int64, hash: [UInt8])?
    while true {
      let seen = try transaction.first(
        "SELECT id, hash FROM operator_actions ORDER BY id DESC LIMIT 1 FOR UPDATE",
        as: (Int64, [UInt8]).self)
      guard let seen, seen.0 != last?.id else { return seen?.1 }
      last = (id: seen.0, hash: seen.1)
    }
  }

  /// Notes the end of the chain, so that it cannot be cut off. `SealedRows.auditHead` reads the same in
  /// SQL; both change together or not at all.
  private static func sealEnd(
    _ id: Int64, _ hash: [UInt8], by key: SealKey, in transaction: inout Transaction
  ) throws(DatabaseError) {
    let seal = key.code(.auditHead, [String(id), Hex.encode(hash)])
    _ = try transaction.execute(
      """
      INSERT INTO audit_head (id, action_id, seal) VALUES (1, \(id), \(seal))
      ON DUPLICATE KEY UPDATE action_id = \(id), seal = \(seal)
      """)
  }

  /// `SealedRows.actions` reads the same from the table in SQL; both change together or not at all.
  private func hash(
    after previous: [UInt8], at moment: Timestamp, by key: SealKey?
  ) -> [UInt8] {
    let fields = [
      Hex.encode(previous), actor, kind.rawValue, subject, reason, details, requestKey ?? "",
      String(moment.microseconds),
    ]
    return key?.code(.actions, fields)
      ?? SHA256.digest(Array(fields.joined(separator: "|").utf8))
  }
}

extension OperatorAction {
  /// A recorded action with its number and time.
  public struct Recorded: Hashable, Sendable {
    public let id: Int64
    public let action: String
    public let actor: String
    public let subject: String
    public let reason: String
    public let details: String
    public let createdAt: Timestamp

    public init(
      id: Int64, action: String, actor: String, subject: String, reason: String, details: String,
      createdAt: Timestamp
    ) {
      self.id = id
      self.action = action
      self.actor = actor
      self.subject = subject
      self.reason = reason
      self.details = details
      self.createdAt = createdAt
    }
  }

  /// What to look for; newest first.
  public struct Search: Sendable {
    public var actor: String?
    public var action: String?
    public var subject: String?
    /// Only actions before this one.
    public var before: Int64?

    public init() {}
  }

  /// The latest actions that fit, newest first.
  public static func latest(
    _ limit: Int, _ search: Search = Search(), in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Recorded] {
    let texts = [search.actor, search.action, search.subject]
    guard texts.allSatisfy({ $0?.fitsASCIIColumn ?? true }) else { return [] }
    let actor: SQL = search.actor.map { "AND actor = \($0)" } ?? ""
    let action: SQL = search.action.map { "AND action = \($0)" } ?? ""
    let subject: SQL = search.subject.map { "AND subject = \($0)" } ?? ""
    let before: SQL = search.before.map { "AND id < \($0)" } ?? ""
    return try actions(
      "WHERE TRUE \(actor) \(action) \(subject) \(before) ORDER BY id DESC LIMIT \(limit)",
      in: &executor)
  }

  /// Actions on one subject that one look shows.
  private static let ofSubjectMax = 100

  /// What was done to a subject, oldest first.
  public static func list(
    of subject: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Recorded] {
    try actions(
      "WHERE subject = \(subject) ORDER BY id LIMIT \(ofSubjectMax)", in: &executor)
  }

  /// What is recorded under a number.
  public static func find(
    _ id: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Recorded? {
    try actions("WHERE id = \(id)", in: &executor).first
  }

  /// What was done by a request key.
  public static func find(
    requestKey: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Recorded? {
    try actions("WHERE request_key = \(requestKey)", in: &executor).first
  }

  private static func actions(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Recorded] {
    let rows = try executor.all(
      """
      SELECT id, action, actor, subject, reason, details, created_at FROM operator_actions
      \(condition)
      """, as: (Int64, String, String, String, String, String, Timestamp).self)
    return rows.map { row in
      Recorded(
        id: row.0, action: row.1, actor: row.2, subject: row.3, reason: row.4, details: row.5,
        createdAt: row.6)
    }
  }
}
