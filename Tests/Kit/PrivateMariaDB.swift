public import Database
import FoundationEssentials
import Glibc
import Logging
import Schema
import Synchronization
public import Vocabulary

/// A MariaDB of the test process's own: a folder under /tmp, a socket, no network unless asked for.
public final class PrivateMariaDB: Sendable {
  /// Whether the server also listens on loopback with a certificate of its own CA.
  public enum Transport: Sendable {
    case socketOnly
    /// `hasTLS` false: TCP in plain text.
    case tcp(port: UInt16, hasTLS: Bool)
  }

  public let folder: String
  private let transport: Transport
  private let server = Mutex<Command?>(nil)
  private let databases = Atomic(0)

  public static let password = Secret("kit-password")

  /// The server that all tests of a process share. Ends with the process.
  public static let shared: Result<PrivateMariaDB, any Error> = Result {
    // Lines of what is tried stand in no test's way.
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    let database = try PrivateMariaDB()
    servers.withLock { $0.append(database) }
    atexit { PrivateMariaDB.endAll() }
    return database
  }

  private static let servers = Mutex<[PrivateMariaDB]>([])

  private static func endAll() {
    for server in servers.withLock({ $0 }) { server.remove() }
  }

  /// Creates the folder and starts the server.
  public init(_ transport: Transport = .socketOnly) throws {
    self.transport = transport
    folder = "/tmp/coinpay-kit-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Command.run(
      [
        "mariadb-install-db", "--no-defaults", "--datadir=\(folder)/data", "--tmpdir=\(folder)",
        "--user=\(Self.user)",
        "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
      ], log: log)
    if case .tcp(_, true) = transport { try makeCertificates() }
    try start()
    try sql(
      """
      CREATE USER kit@localhost IDENTIFIED BY 'kit-password';
      CREATE USER kit@'127.0.0.1' IDENTIFIED BY 'kit-password';
      GRANT ALL ON *.* TO kit@localhost; GRANT ALL ON *.* TO kit@'127.0.0.1';
      """)
  }

  private static var user: String { getuid() == 0 ? "root" : "mysql" }
  public var socket: String { folder + "/sql.sock" }
  public var log: String { folder + "/log" }
  public var authorityFile: String { folder + "/ca.pem" }

  public func start() throws {
    var arguments = [
      "mariadbd", "--no-defaults", "--datadir=\(folder)/data", "--tmpdir=\(folder)",
      "--socket=\(socket)",
      "--user=\(Self.user)", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M",
      "--character-set-server=utf8mb4", "--pid-file=\(folder)/pid",
    ]
    switch transport {
    case .socketOnly: arguments.append("--skip-networking")
    case .tcp(let port, let hasTLS):
      arguments += ["--port=\(port)", "--bind-address=127.0.0.1"]
      if hasTLS {
        arguments += ["--ssl-cert=\(folder)/server.pem", "--ssl-key=\(folder)/server.key"]
      }
    }
    let command = try Command.start(arguments, log: log)
    server.withLock { $0 = command }
    try waitUntil("MariaDB answering") {
      (try? Command.run(admin + ["ping"], log: folder + "/admin.log")) != nil
    }
  }

  private var admin: [String] {
    ["mariadb-admin", "--no-defaults", "--socket=\(socket)", "-u", "root"]
  }

  /// Stops the server at once, as a power cut does.
  public func kill() { end(SIGKILL) }

  /// Lets the server finish.
  public func stop() { end(SIGTERM) }

  private func end(_ signal: Int32) {
    let command = server.withLock { command in
      defer { command = nil }
      return command
    }
    command?.send(signal)
    command?.waitForEnd()
  }

  public func remove() {
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs statements as the server's administrator.
  public func sql(_ text: String, database: String = "") throws {
    try Command.run(
      ["mariadb", "--no-defaults", "--socket=\(socket)", "-u", "root", "-e", text]
        + (database.isEmpty ? [] : [database]), log: folder + "/sql.log")
  }

  /// A fresh, empty database.
  public func makeDatabase() throws -> DatabaseConfiguration {
    let name = "kit\(databases.add(1, ordering: .relaxed).newValue)"
    try sql("CREATE DATABASE \(name) CHARACTER SET utf8mb4")
    return configuration(name)
  }

  /// A fresh database with today's schema.
  public func makeMigratedDatabase() throws -> DatabaseConfiguration {
    let configuration = try makeDatabase()
    var connection = Connection(configuration)
    _ = try Migrator().migrate(&connection, now: Timestamp(unixSeconds: 1_800_000_000)) { _ in }
    return configuration
  }

  private func configuration(_ name: String) -> DatabaseConfiguration {
    DatabaseConfiguration(
      endpoint: .socket(path: socket), database: name, user: "kit", password: Self.password)
  }

  /// A CA, and a certificate of it for localhost.
  private func makeCertificates() throws {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for name in ["ca", "other-ca"] {
      try Command.run(
        ["openssl", "req", "-x509"] + key + [
          "-days", "2", "-subj", "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out",
          "\(folder)/\(name).pem",
        ], log: log)
    }
    try Command.run(
      ["openssl", "req"] + key + [
        "-subj", "/CN=localhost", "-keyout", "\(folder)/server.key", "-out",
        "\(folder)/server.csr",
      ], log: log)
    try Command.run(
      [
        "openssl", "x509", "-req", "-days", "2", "-in", "\(folder)/server.csr", "-CA",
        "\(folder)/ca.pem", "-CAkey", "\(folder)/ca.key", "-CAcreateserial", "-out",
        "\(folder)/server.pem",
      ], log: log)
  }
}
