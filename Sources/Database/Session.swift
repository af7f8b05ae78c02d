import CMariaDB
import Glibc
import Vocabulary

/// One open connection to MariaDB with its prepared statements.
///
/// Invariant: used by one thread at a time, which is why it is not Sendable. Statements are closed
/// before the connection, as the C manual of `mysql_close` asks.
@safe public final class Session {
  private let handle: UnsafeMutablePointer<MYSQL>
  private var statements: [String: PreparedStatement] = [:]
  /// Texts in the order of preparation, for eviction.
  private var preparedTexts: [String] = []
  /// As the configuration has it.
  public let companion: (any Companion)?
  let observer: (any StatementObserver)?

  /// Prepared statements kept for one connection.
  static let statementsMax = 256

  /// Fixes what SQL means, whatever the server's defaults are.
  private static let setUp = """
    SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,\
    ERROR_FOR_DIVISION_BY_ZERO', tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 5, \
    autocommit = 1
    """

  /// Connects.
  /// - Throws: `connectionLost` when the server cannot be reached or refuses.
  init(_ configuration: DatabaseConfiguration) throws(DatabaseError) {
    guard Library.isReady, let handle = unsafe mysql_init(nil) else {
      throw DatabaseError(
        kind: .connectionLost, code: 0, message: "libmariadb could not be initialised",
        statement: "")
    }
    unsafe self.handle = unsafe handle
    companion = configuration.companion
    observer = configuration.observer
    setOptions(configuration)
    try connect(configuration)
    try run(Session.setUp)
  }

  deinit {
    statements.removeAll()
    unsafe mysql_close(handle)
  }

  private func setOptions(_ configuration: DatabaseConfiguration) {
    setOption(MYSQL_OPT_CONNECT_TIMEOUT, configuration.connectTimeoutSeconds)
    setOption(MYSQL_OPT_READ_TIMEOUT, configuration.readTimeoutSeconds)
    setOption(MYSQL_OPT_WRITE_TIMEOUT, configuration.writeTimeoutSeconds)
    unsafe mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    // Automatic reconnection would silently lose the transaction and every prepared statement.
    setOption(MYSQL_OPT_RECONNECT, UInt8(0))
    guard case .tcp(_, _, let tlsCAFile) = configuration.endpoint else { return }
    // Else the host "localhost" would mean the default Unix socket.
    setOption(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
    guard let tlsCAFile else { return }
    // Without these two the client falls back to plain text when the server has no TLS.
    setOption(MYSQL_OPT_SSL_ENFORCE, UInt8(1))
    setOption(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, UInt8(1))
    unsafe mysql_options(handle, MYSQL_OPT_SSL_CA, tlsCAFile)
  }

  private func setOption(_ option: mysql_option, _ value: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: value) { bytes in
      _ = unsafe mysql_options(handle, option, bytes.baseAddress)
    }
  }

  private func connect(_ configuration: DatabaseConfiguration) throws(DatabaseError) {
    let (host, port, socket): (String?, UInt32, String?) =
      switch configuration.endpoint {
      case .socket(let path): (nil, 0, path)
      case .tcp(let host, let port, _): (host, UInt32(port), nil)
      }
    // Affected rows count the rows that matched, also when their values were the same before.
    let connected = unsafe mysql_real_connect(
      handle, host, configuration.user, configuration.password.reveal(), configuration.database,
      port, socket, UInt(CLIENT_FOUND_ROWS))
    guard unsafe connected != nil else {
      let code = unsafe mysql_errno(handle)
      let message = unsafe String(cString: mysql_error(handle))
      throw DatabaseError(kind: .connectionLost, code: code, message: message, statement: "CONNECT")
    }
  }

  /// Runs a text without parameters and without a result.
  func run(_ text: String) throws(DatabaseError) {
    observer?.willRun(text, [], on: self)
    let status = unsafe mysql_real_query(handle, text, UInt(text.utf8.count))
    guard status == 0 else { throw currentError(statement: text) }
    // DDL gives no result set; a stray one would block the connection.
    if let result = unsafe mysql_store_result(handle) { unsafe mysql_free_result(result) }
  }

  /// Whether the server has a transaction open, as it said with its last answer.
  var isInTransaction: Bool {
    unsafe handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0
  }

  /// Whether the line is silent, as it has to be between two statements: a server that ends a connection
  /// says so or closes it. Takes no round trip.
  var isSilent: Bool {
    var line = unsafe pollfd(
      fd: Int32(truncatingIfNeeded: mysql_get_socket(handle)), events: Int16(POLLIN), revents: 0)
    return unsafe poll(&line, 1, 0) == 0
  }

  func ping() throws(DatabaseError) {
    guard unsafe mysql_ping(handle) == 0 else { throw currentError(statement: "PING") }
  }

  private func currentError(statement: String) -> DatabaseError {
    let message = unsafe String(cString: mysql_error(handle))
    return DatabaseError(
      code: unsafe mysql_errno(handle), message: message, statement: statement)
  }

  /// Prepares a text, or takes it from the cache, and hands it to `body`. A statement that the server
  /// wants prepared again (after DDL) is prepared again, once.
  func withStatement<R>(
    _ text: String, _ body: (PreparedStatement) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R {
    do throws(DatabaseError) {
      return try body(try statement(text))
    } catch {
      guard error.code == UInt32(ER_NEED_REPREPARE) || error.code == UInt32(ER_UNKNOWN_STMT_HANDLER)
      else { throw error }
      forget(text)
      return try body(try statement(text))
    }
  }

  private func statement(_ text: String) throws(DatabaseError) -> PreparedStatement {
    if let prepared = statements[text] { return prepared }
    if statements.count >= Session.statementsMax, let oldest = preparedTexts.first {
      forget(oldest)
    }
    guard let pointer = unsafe mysql_stmt_init(handle) else {
      throw currentError(statement: text)
    }
    let prepared = try unsafe PreparedStatement(takingOwnership: pointer, text: text)
    statements[text] = prepared
    preparedTexts.append(text)
    return prepared
  }

  private func forget(_ text: String) {
    statements[text] = nil
    preparedTexts.removeAll { $0 == text }
  }
}
