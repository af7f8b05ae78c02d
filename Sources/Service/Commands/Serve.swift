import Accounts
import ArgumentParser
import Crypto
import Database
import FastCGI
import HTTP
import LogLines
import Logging
import Orders
import Pages
import Payments
import Routes
import Schema
import Seals
import Threads
import Vocabulary

struct Serve: ParsableCommand, LogsToStandardError {
  static let configuration = CommandConfiguration(
    abstract: "Answer requests until SIGTERM.",
    discussion: """
      Without options the sockets named 'web' and 'webhook' are inherited from systemd: one of them, so
      that pages and notifications have a process each, or both. SIGTERM finishes every request that was
      accepted and exits 0.
      """)

  @Option(help: "Path of a socket for pages and the API, instead of an inherited one.")
  var webSocket: String?
  @Option(help: "Path of a socket for notifications, instead of an inherited one.")
  var webhookSocket: String?

  func run() throws {
    // Before any thread, so that all of them leave the signals to this one.
    let stopSignals = StopSignals()
    let settings = try Settings.load()
    let logger = Log.toStandardError(settings)
    let sockets = try sockets()
    // Before the database is asked, which may be what is missing.
    let requestWatch = LastProcess.watch(
      folder: Variables.all()["RUNTIME_DIRECTORY"],
      threads: settings.threads(web: sockets.web != nil, webhook: sockets.webhook != nil),
      matchesSize: sockets.web == nil, at: SystemTime.now(), logger)
    try reportingDatabaseTrouble { try checkDatabase(settings, hasWeb: sockets.web != nil) }
    let worker = try Worker(
      settings, web: sockets.web, webhook: sockets.webhook, watch: requestWatch, logger: logger)
    settings.faultPoint?.arm()
    try worker.start()
    logger.write(
      .info, "ready",
      [
        .version: "\(Version.text)", .environment: "\(settings.environment.rawValue)",
        .webThreads: "\(settings.webThreads)", .webhookThreads: "\(settings.webhookThreads)",
      ])
    let manager = ServiceManager(environment: Variables.all())
    manager?.tell(.ready)
    let signal = watch(worker, until: stopSignals, for: manager, logger)
    manager?.tell(.stopping)
    logger.write(.info, "stopping", [.signal: "\(signal)"])
    guard worker.stop() else {
      logger.write(.error, "some requests did not end in time")
      throw ExitCode.failure
    }
    logger.write(.info, "stopped")
  }

  /// Gives the service manager signs of life, but none for a worker that hangs: that one it replaces.
  private func watch(
    _ worker: Worker, until stopSignals: StopSignals, for manager: ServiceManager?,
    _ logger: Logger
  ) -> StopSignals.Signal {
    let pause = manager?.watchdogInterval.map { $0 / Serve.signsInInterval }
    while true {
      if let signal = stopSignals.waitForStop(timeout: pause) { return signal }
      if worker.isMoving() {
        manager?.tell(.alive)
      } else {
        logger.write(
          .critical, "all threads of a pool hang; the service manager will replace this process")
      }
    }
  }

  private func sockets() throws -> (web: ListeningSocket?, webhook: ListeningSocket?) {
    do throws(SocketError) {
      if let webSocket, let webhookSocket {
        return (
          try .bind(path: webSocket, backlog: Worker.backlogConnections),
          try .bind(path: webhookSocket, backlog: Worker.backlogConnections)
        )
      }
      let inherited = try ListeningSocket.inherited(environment: Variables.all())
      let (web, webhook) = (inherited["web"], inherited["webhook"])
      if web != nil || webhook != nil { return (web, webhook) }
    } catch {
      Console.complain("\(error)")
      throw ExitCode.unavailable
    }
    throw ValidationError(
      "give --web-socket and --webhook-socket, or start by sockets named 'web' and 'webhook'")
  }

  /// Every thread with a connection must find room at the server.
  private func checkDatabase(_ settings: Settings, hasWeb: Bool) throws {
    var connection = Connection(settings.database)
    guard try Migrator().isUsable(&connection) else {
      Console.complain("the database's schema is not this version's; run: coinpay migrate")
      throw ExitCode.configuration
    }
    try settings.requireKeys(on: &connection)
    // Before the first row that needs it, and before many threads would make it at once.
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      _ = try SealKey.ensure(in: &transaction, at: SystemTime.now())
      return .commit(())
    }
    let needed = settings.connectionsNeeded(hasWeb: hasWeb)
    let answer = try connection.first("SELECT @@max_connections", as: Int64.self)
    let allowed = answer ?? 0
    guard Int64(needed) <= allowed else {
      Console.complain(
        "COINPAY_WEB_THREADS=\(settings.webThreads) needs \(needed) connections, but MariaDB's "
          + "max_connections is \(allowed); lower the one or raise the other")
      throw ExitCode.configuration
    }
  }

  /// One sign of life may be late.
  private static let signsInInterval = 3
}

extension Settings {
  /// Database connections that the processes for pages and for notifications take at most.
  var connectionsNeeded: Int {
    connectionsNeeded(hasWeb: true) + connectionsNeeded(hasWeb: false)
  }

  /// Database connections that one process takes at most.
  func connectionsNeeded(hasWeb: Bool) -> Int {
    (hasWeb ? webThreads : 0) + SettlementQueue.settlerThreads
      + Caretakers.connections(methods: Registry.faces.methods.count)
      + ControlsWatch.connections + CallRecorder.connections + Settings.spareConnections
  }

  /// Threads that answer requests.
  func threads(web: Bool, webhook: Bool) -> Int {
    (web ? webThreads : 0) + (webhook ? webhookThreads : 0)
  }

  /// Connections for readiness checks of the webhook pool and for an operator's commands.
  private static let spareConnections = 6
}
