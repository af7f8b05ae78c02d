/// What MariaDB or the way to it answered instead of a result.
///
/// The statement's text holds only `?` for values, so that the whole error may be logged.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    case duplicateKey
    /// The server rolled the whole transaction back. On a Galera cluster a lost race looks so too.
    case deadlock
    case lockTimeout
    /// The server no longer has the transaction that its statements were meant for; nothing of it remains.
    case transactionGone
    /// The connection is gone; nothing of an open transaction remains.
    case connectionLost
    /// The connection was lost during COMMIT: the transaction may or may not have happened.
    case outcomeUnknown
    /// The server has no room to write; it works again by itself when there is some.
    case storageFull
    case statement
  }

  public let kind: Kind
  /// MariaDB's error number, or 0 when the error arose on our side.
  public let code: UInt32
  public let message: String
  public let statement: String

  init(kind: Kind, code: UInt32, message: String, statement: String) {
    self.kind = kind
    self.code = code
    self.message = message
    self.statement = statement
  }

  init(code: UInt32, message: String, statement: String) {
    self.init(
      kind: DatabaseError.kind(ofCode: code), code: code, message: message, statement: statement)
  }

  /// The tables hold something that the code that wrote them never writes.
  public static func inconsistent(_ message: String) -> DatabaseError {
    DatabaseError(kind: .statement, code: 0, message: message, statement: "")
  }

  /// The same, for a transaction that lost a race on a unique key and is to be run again.
  public var asLostRace: DatabaseError {
    DatabaseError(kind: .deadlock, code: code, message: message, statement: statement)
  }

  /// The key that a `duplicateKey` violates, such as `coin_orders_order_no`.
  public var duplicateKeyName: String? {
    kind == .duplicateKey ? keyNameInMessage : nil
  }

  private var keyNameInMessage: String? {
    guard Self.duplicateCodes.contains(code) else { return nil }
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false)
    guard quoted.count >= 2 else { return nil }
    let name = quoted[quoted.count - 2]
    return String(name.split(separator: ".").last ?? name)
  }

  /// Whether running the whole transaction again may succeed.
  public var isTransient: Bool {
    kind == .deadlock || kind == .lockTimeout || kind == .transactionGone
  }

  /// Whether the statement alone was undone. Of every other error it is not known what the server has
  /// rolled back, and a statement that followed could be one of no transaction at all.
  var leavesTransactionWhole: Bool {
    switch kind {
    case .duplicateKey: true
    // Without a number the error arose on our side, and the server does not know of it.
    case .statement: code == 0 || Self.statementCodes.contains(code)
    case .deadlock, .lockTimeout, .transactionGone, .connectionLost, .outcomeUnknown, .storageFull:
      false
    }
  }

  /// Whether a column or a constraint does not take a value; it will not the next time either.
  public var refusesValue: Bool { Self.refusingCodes.contains(code) }

  /// Whether the connection cannot be used any more.
  var endsConnection: Bool { kind == .connectionLost || kind == .outcomeUnknown }

  public var description: String {
    let number = code == 0 ? "" : "\(code) "
    let text = message.isEmpty ? "unknown error" : messageWithoutValues
    return statement.isEmpty ? number + text : "\(number)\(text) [\(statement)]"
  }

  /// Some messages of the server quote the value that it did not take.
  private var messageWithoutValues: String {
    if let name = keyNameInMessage { return "Duplicate entry for key '\(name)'" }
    guard DatabaseError.quotingCodes.contains(code) else { return message }
    return message.prefix { $0 != "'" } + "…"
  }

  private static let duplicateCodes: Set<UInt32> = [1062, 1586]
  /// A statement that cannot be prepared, may not be run, or whose values a column, a constraint, a
  /// trigger or a function refuses.
  private static let statementCodes: Set<UInt32> = [
    1048, 1054, 1064, 1136, 1142, 1143, 1146, 1264, 1265, 1292, 1364, 1365, 1366, 1406, 1411, 1451,
    1452, 1644, 1690, 4025,
  ]
  /// A value that is missing, out of range, cut, of another character set or too long, or that a constraint forbids.
  private static let refusingCodes: Set<UInt32> = [1048, 1264, 1265, 1292, 1366, 1406, 4025]
  /// Wrong values of a type, a function or a column.
  private static let quotingCodes: Set<UInt32> = [1292, 1366, 1411]

  /// Server errors: mariadb.com/kb/en/mariadb-error-codes. Client errors (2000–2060): errmsg.h.
  private static func kind(ofCode code: UInt32) -> Kind {
    switch code {
    case _ where duplicateCodes.contains(code): .duplicateKey
    // The second: a row has changed since it was read, under snapshot isolation.
    case 1213, 1020: .deadlock
    case 1205: .lockTimeout
    // Server shutdown, connection killed, too many connections, not in the primary component of a
    // cluster, and every way in which the client sees the line go.
    case 1040, 1047, 1053, 1077, 1079, 1152, 1158...1161, 1184, 1927, 2001...2006, 2011...2013,
      2026, 2055:
      .connectionLost
    // A disk or a table that is full, a file that cannot be written.
    case 3, 1021, 1026, 1114: .storageFull
    default: .statement
    }
  }
}
