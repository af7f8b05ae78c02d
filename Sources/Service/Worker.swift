import Accounts
import AdminPages
import AdminRoutes
import Controls
import Crypto
import Database
import FastCGI
import HTTP
import Logging
import Pages
import Payments
import Routes
import Schema
import Threads
import Vocabulary

/// The running service: two pools of request threads and the settlers between them and the ledger.
final class Worker {
  /// Nil where another process answers pages.
  private let web: WorkerPool<Connection>?
  /// Nil where another process takes notifications.
  private let webhook: WorkerPool<Connection>?
  private let settlements: SettlementQueue
  private let database: DatabaseConfiguration
  private let caretakers: Caretakers
  private let controls: ControlsWatch
  private let recorder = CallRecorder()
  private let pools = PoolBoard()
  private let logger: Logger
  private var settlers: [WorkerThread] = []
  private var recording: WorkerThread?
  private var watches = (web: PoolWatch(now: .now), webhook: PoolWatch(now: .now))

  init(
    _ settings: Settings, web webSocket: ListeningSocket?, webhook webhookSocket: ListeningSocket?,
    watch: RequestWatch?, logger: Logger
  ) throws {
    let parts = try Composition(settings, logger: logger, recorder: recorder)
    let settlements = SettlementQueue(desk: parts.settlement, mode: settings.webhookMode)
    let board = ControlsBoard()
    controls = ControlsWatch(board, database: settings.database, logger: logger)
    let site = try Worker.site(parts, settlements, board, pools, isAlone: webSocket == nil)
    caretakers = Caretakers(
      parts.caretaker, methods: parts.registry.methods, database: settings.database,
      logger: logger)
    let database = settings.database
    self.settlements = settlements
    self.logger = logger
    self.database = database
    web = webSocket.map { socket in
      WorkerPool(
        name: "web", socket: socket, threads: settings.webThreads,
        limits: RequestLimits(
          bodyBytesMax: Limits.bodyBytesMax, routeBodyBytesMax: site.webBodyBytesMax),
        logger: logger, watch: watch, refusalText: { $0.text($1) },
        makeContext: { Connection(database) },
        handle: { connection, request in site.answerWeb(request, on: &connection) })
    }
    webhook = webhookSocket.map { socket in
      WorkerPool(
        name: "webhook", socket: socket, threads: settings.webhookThreads,
        limits: RequestLimits(
          bodyBytesMax: Limits.bodyBytesMax, routeBodyBytesMax: site.webhookBodyBytesMax),
        logger: logger, watch: watch, refusalText: { $0.text($1) },
        makeContext: { Connection(database) },
        handle: { connection, request in site.answerWebhook(request, on: &connection) })
    }
    if let web { pools.show("web") { web.use } }
    if let webhook { pools.show("webhook") { webhook.use } }
  }

  private static func site(
    _ parts: Composition, _ settlements: SettlementQueue, _ board: ControlsBoard,
    _ pools: PoolBoard, isAlone: Bool
  ) throws -> Site {
    let metrics = Metering.start()
    let (registry, folder) = (parts.registry, parts.settings.statusFolder)
    return try parts.site(settlements: settlements, controls: board) { connection in
      Metering.text(
        metrics, registry, pools: pools.uses, duties: isAlone ? nil : folder,
        at: SystemTime.now(), on: &connection)
    }
  }

  func start() throws {
    try reportingDatabaseTrouble { try controls.start() }
    for number in 1...SettlementQueue.settlerThreads {
      let (settlements, database) = (settlements, database)
      settlers.append(
        try WorkerThread.start(
          name: "settler-\(number)", stackBytes: Worker.settlerStackBytes
        ) {
          var connection = Connection(database)
          settlements.settleUntilStopped(on: &connection)
        })
    }
    recording = try recorder.start(database, logger)
    try caretakers.start()
    try web?.start()
    try webhook?.start()
  }

  /// Whether requests still come to an end. Asked from time to time by one thread.
  func isMoving() -> Bool {
    let now = ContinuousClock.now
    let isWebStuck = web.map { watches.web.isStuck($0.progress, now: now) } ?? false
    let isWebhookStuck = webhook.map { watches.webhook.isStuck($0.progress, now: now) } ?? false
    return !isWebStuck && !isWebhookStuck
  }

  /// Requests first, then what they handed in: nothing that was accepted is lost.
  /// - Returns: whether all of it ended in time.
  func stop() -> Bool {
    let isWebDone = web?.stop(graceSeconds: Worker.graceSeconds) ?? true
    let isWebhookDone = webhook?.stop(graceSeconds: Worker.graceSeconds) ?? true
    caretakers.stop()
    controls.stop()
    settlements.stop()
    for settler in settlers { settler.join() }
    recorder.stop()
    recording?.join()
    return isWebDone && isWebhookDone
  }

  /// Connections that wait to be accepted; nginx answers 503 beyond them.
  static let backlogConnections = 1_024
  /// For requests that run when the stop comes; below the unit's TimeoutStopSec.
  private static let graceSeconds = 30
  private static let settlerStackBytes = 1024 * 1024
}
