/// How a database server is set up, as far as the safety of money depends on it.
public struct ServerState: Sendable {
  /// `10.11.6-MariaDB-0+deb12u1-log`
  public let version: String
  /// The cipher of this connection; empty without TLS.
  public let tlsCipher: String
  /// How far the server's clock is ahead of `now`, in seconds.
  public let clockAheadSeconds: Int64

  // Of this session, which a proxy in between might have changed.
  public let isolation: String
  public let sqlMode: String
  public let clientCharset: String
  public let databaseCharset: String
  public let idleSecondsMax: Int64
  public let rowLockSecondsMax: Int64
  public let tableLockSecondsMax: Int64

  // Of the server.
  public let redoLogFlush: Int64
  public let hasBinaryLog: Bool
  public let binaryLogSync: Int64
  public let binaryLogFormat: String
  public let connectionsMax: Int64
  /// Where the server keeps its data.
  public let dataFolder: String

  /// - Parameter now: seconds since 1970.
  public static func load(
    now: Int64, on connection: inout Connection
  ) throws(DatabaseError) -> ServerState {
    let session = try connection.first(
      """
      SELECT VERSION(), CAST(UNIX_TIMESTAMP() AS SIGNED), @@tx_isolation, @@sql_mode,
        @@character_set_client, @@character_set_database, @@wait_timeout,
        @@innodb_lock_wait_timeout, @@lock_wait_timeout
      """, as: (String, Int64, String, String, String, String, Int64, Int64, Int64).self)
    let server = try connection.first(
      """
      SELECT @@global.innodb_flush_log_at_trx_commit, @@global.log_bin, @@global.sync_binlog,
        @@global.binlog_format, @@global.max_connections, @@global.datadir
      """, as: (Int64, Int64, Int64, String, Int64, String).self)
    let cipher = try connection.first(
      """
      SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS
      WHERE VARIABLE_NAME = 'SSL_CIPHER'
      """, as: String?.self)
    guard let session, let server else {
      throw DatabaseError.inconsistent("the server did not tell its variables")
    }
    return ServerState(
      version: session.0, tlsCipher: (cipher ?? nil) ?? "", clockAheadSeconds: session.1 - now,
      isolation: session.2, sqlMode: session.3, clientCharset: session.4,
      databaseCharset: session.5, idleSecondsMax: session.6, rowLockSecondsMax: session.7,
      tableLockSecondsMax: session.8, redoLogFlush: server.0, hasBinaryLog: server.1 != 0,
      binaryLogSync: server.2, binaryLogFormat: server.3, connectionsMax: server.4,
      dataFolder: server.5)
  }

  /// Major and minor number; nil for a text that does not begin with them.
  public var versionNumbers: (major: Int, minor: Int)? {
    let parts = version.split(separator: ".").prefix(2).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
    return (major, minor)
  }
}
