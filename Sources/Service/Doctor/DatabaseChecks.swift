import Database
import Schema
import Vocabulary

/// Whether the database keeps what it is told, and the worker's account can do what it must and no more.
enum DatabaseChecks {
  /// Oldest version of MariaDB that is tested: skip-locked reads are there from 10.6 on.
  private static let versionMin = (major: 10, minor: 6)
  /// Idle connections have to live this long, in seconds, or each quiet minute costs a failed request.
  private static let idleSecondsMin: Int64 = 600
  /// A migration holds the lock of a table for moments; statements have to wait so long, in seconds.
  private static let tableLockSecondsMin: Int64 = 10
  /// Waits for rows have to end before the connection's read time-out does, in seconds.
  private static let rowLockSecondsMax: Int64 = 14
  /// Two colours of the worker run during an upgrade.
  private static let workersMax: Int64 = 2

  static func findings(_ settings: Settings, isOffline: Bool, now: Timestamp) -> [Finding] {
    var connection = Connection(settings.database)
    do throws(DatabaseError) {
      let state = try ServerState.load(now: now.unixSeconds, on: &connection)
      var findings = [version(state), clock(state), transport(settings, state)].compactMap { $0 }
      findings += session(state) + durability(state) + [connections(settings, state)]
      findings.append(
        try grants(database: settings.database.database, on: &connection))
      findings += try SchemaChecks.findings(
        settings, isOffline: isOffline, now: now, on: &connection)
      return findings
    } catch {
      return [
        .failure(
          .database, "connection", "\(error)",
          do: "systemctl status mariadb; coinpay config show tells where it is looked for")
      ]
    }
  }

  private static func version(_ state: ServerState) -> Finding {
    guard let numbers = state.versionNumbers,
      (numbers.major, numbers.minor) >= (versionMin.major, versionMin.minor)
    else {
      return .failure(
        .database, "version",
        "\(state.version) is older than \(versionMin.major).\(versionMin.minor)",
        do: "upgrade MariaDB")
    }
    return .ok(.database, "version", state.version)
  }

  private static func clock(_ state: ServerState) -> Finding {
    let difference = abs(state.clockAheadSeconds)
    guard difference <= ClockChecks.differenceSecondsMax else {
      return .failure(
        .clock, "database", "this machine's clock is \(difference) s from the database server's",
        do: "let both follow a time server: timedatectl set-ntp true")
    }
    return .ok(.clock, "database", "\(difference) s from the database server's")
  }

  private static func transport(_ settings: Settings, _ state: ServerState) -> Finding? {
    guard case .tcp(let host, _, _) = settings.database.endpoint else { return nil }
    guard !state.tlsCipher.isEmpty else {
      return .failure(
        .database, "tls", "the connection to \(host) is plain text",
        do: "set COINPAY_DB_TLS_CA to the CA certificate of the server")
    }
    return .ok(.database, "tls", state.tlsCipher)
  }

  /// What the worker asks for at the beginning of each session.
  private static func session(_ state: ServerState) -> [Finding] {
    var findings: [Finding] = []
    func expect(_ name: String, _ isAsWanted: Bool, _ found: String, _ wanted: String) {
      findings.append(
        isAsWanted
          ? .ok(.database, name, found)
          : .failure(
            .database, name, "\(found), where the worker needs \(wanted)",
            do: "remove what changes it between the worker and the server: a proxy, a pool"))
    }
    expect("isolation", state.isolation == "READ-COMMITTED", state.isolation, "READ-COMMITTED")
    let isStrict = state.sqlMode.contains("STRICT_ALL_TABLES")
    expect("sql_mode", isStrict, "sql_mode \(state.sqlMode)", "STRICT_ALL_TABLES")
    expect("charset", state.clientCharset == "utf8mb4", state.clientCharset, "utf8mb4")
    expect(
      "row_lock_wait", state.rowLockSecondsMax <= rowLockSecondsMax,
      "innodb_lock_wait_timeout \(state.rowLockSecondsMax) s", "at most \(rowLockSecondsMax) s")
    findings.append(databaseCharset(state))
    findings.append(
      atLeast(
        tableLockSecondsMin, "table_lock_wait", "lock_wait_timeout", state.tableLockSecondsMax,
        "requests fail while an upgrade changes a table"))
    findings.append(
      atLeast(
        idleSecondsMin, "idle_wait", "wait_timeout", state.idleSecondsMax,
        "the first request after a quiet time fails"))
    return findings
  }

  private static func databaseCharset(_ state: ServerState) -> Finding {
    guard state.databaseCharset == "utf8mb4" else {
      return .warning(
        .database, "database_charset", "new tables would be \(state.databaseCharset)",
        do: "ALTER DATABASE … CHARACTER SET utf8mb4")
    }
    return .ok(.database, "database_charset", "utf8mb4")
  }

  private static func atLeast(
    _ limit: Int64, _ name: String, _ variable: String, _ value: Int64, _ consequence: String
  ) -> Finding {
    guard value < limit else { return .ok(.database, name, "\(variable) \(value) s") }
    return .warning(
      .database, name, "\(variable) is \(value) s: \(consequence)",
      do: "set \(variable) to \(limit) or more in the server's configuration")
  }

  private static func durability(_ state: ServerState) -> [Finding] {
    var findings = [
      state.redoLogFlush == 1
        ? Finding.ok(
          .database, "redo_log_flush", "each commit is on disk before it is acknowledged")
        : .failure(
          .database, "redo_log_flush",
          "innodb_flush_log_at_trx_commit is \(state.redoLogFlush): a power cut loses payments that the "
            + "provider was told are stored",
          do: "set innodb_flush_log_at_trx_commit = 1 in the server's configuration")
    ]
    guard state.hasBinaryLog else { return findings }
    findings.append(
      state.binaryLogSync == 1
        ? .ok(.database, "binary_log_sync", "the binary log is on disk with each commit")
        : .warning(
          .database, "binary_log_sync",
          "sync_binlog is \(state.binaryLogSync): after a power cut the binary log, and so a restore to a "
            + "point in time, may lack the last payments",
          do: "set sync_binlog = 1 in the server's configuration"))
    findings.append(
      state.binaryLogFormat == "STATEMENT"
        ? .failure(
          .database, "binary_log_format",
          "binlog_format is STATEMENT: the server refuses every change at READ-COMMITTED",
          do: "set binlog_format = ROW (or MIXED) in the server's configuration")
        : .ok(.database, "binary_log_format", state.binaryLogFormat))
    return findings
  }

  private static func connections(_ settings: Settings, _ state: ServerState) -> Finding {
    let needed = Int64(settings.connectionsNeeded)
    let found =
      "max_connections \(state.connectionsMax), both processes of a worker take up to \(needed)"
    let action = "lower COINPAY_WEB_THREADS or raise max_connections"
    if state.connectionsMax < needed {
      return .failure(
        .database, "connections", "\(found), so that requests may find none", do: action)
    }
    guard state.connectionsMax >= needed * workersMax else {
      return .warning(
        .database, "connections", "\(found), and two run during an upgrade", do: action)
    }
    return .ok(.database, "connections", found)
  }

  private static func grants(
    database: String, on connection: inout Connection
  ) throws(DatabaseError) -> Finding {
    let comparison = try GrantComparison.ofWorker(on: &connection, database: database)
    let action =
      "run as the server's administrator: REVOKE ALL PRIVILEGES, GRANT OPTION FROM the account, "
      + "then what coinpay grants prints"
    if !comparison.excess.isEmpty {
      return .failure(
        .database, "grants",
        "the worker's account may do more than it needs, so that the ledger is not safe from it: "
          + shortened(comparison.excess), do: action)
    }
    guard comparison.missing.isEmpty else {
      return .failure(
        .database, "grants", "the worker's account lacks \(shortened(comparison.missing))",
        do: action)
    }
    return .ok(.database, "grants", "exactly what coinpay grants prints")
  }

  /// Rights that are named; more are counted.
  private static let namedMax = 5

  private static func shortened(_ rights: [String]) -> String {
    let more = rights.count - namedMax
    return rights.prefix(namedMax).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
