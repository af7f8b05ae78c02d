import Database
import LogLines
import Logging
import Payments
import Statistics
import Threads
import Vocabulary

/// The threads of the caretaker: one that ends orders, one for each provider, so that a provider that
/// hangs holds up nobody else, and one that keeps the statistics up.
final class Caretakers {
  private typealias Duty = @Sendable (inout Connection) throws(DatabaseError) -> Int

  private let caretaker: Caretaker
  private let methods: [PaymentMethod]
  private let database: DatabaseConfiguration
  private let logger: Logger
  private let isStopping = Monitor(false)
  private var threads: [WorkerThread] = []

  /// Pause of the statistics when they have caught up, in milliseconds.
  private static let statisticsMilliseconds = 5_000
  /// Between two looks whether an hour is over.
  private static let anchorsMilliseconds = 10_000
  /// Pause of a duty that found nothing to do, in milliseconds.
  private static let idleMilliseconds = 1_000
  private static let stackBytes = 1024 * 1024

  init(
    _ caretaker: Caretaker, methods: [PaymentMethod], database: DatabaseConfiguration,
    logger: Logger
  ) {
    self.caretaker = caretaker
    self.methods = methods
    self.database = database
    self.logger = logger
  }

  /// Database connections that the threads need.
  static func connections(methods: Int) -> Int { methods + 3 }

  func start() throws {
    let caretaker = caretaker
    let hasNamedAccounts = Monitor(false)
    try start("orders") { (connection) throws(DatabaseError) in
      // At the start: accounts change with the settings only.
      if !hasNamedAccounts.withLock({ $0 }) {
        try caretaker.alarmAboutLeftAccounts(on: &connection)
        hasNamedAccounts.withLock { $0 = true }
      }
      try caretaker.alarmAboutSuspense(on: &connection)
      try caretaker.alarmAboutOverdueWork(on: &connection)
      _ = try caretaker.settleConfirmations(on: &connection)
      try caretaker.endOperatorRequests(on: &connection)
      return try caretaker.expireOrders(on: &connection) / Caretaker.expiredOrdersMax
    }
    let anchors = AnchorDuty(logger: logger)
    try start("anchors", pauseMilliseconds: Caretakers.anchorsMilliseconds) {
      (connection) throws(DatabaseError) in
      try anchors.run(on: &connection, at: SystemTime.now())
      return 0
    }
    let keeper = StatisticsKeeper(clock: SystemTime.clock)
    try start("statistics", pauseMilliseconds: Caretakers.statisticsMilliseconds) {
      (connection) throws(DatabaseError) in try keeper.keepUp(on: &connection) ? 1 : 0
    }
    for method in methods {
      try start(method.rawValue.lowercased()) { (connection) throws(DatabaseError) in
        try caretaker.askProvider(method, on: &connection)
          + caretaker.readChanged(method, on: &connection)
          + caretaker.refund(method, on: &connection)
      }
    }
  }

  private func start(
    _ name: String, pauseMilliseconds: Int = idleMilliseconds, _ duty: @escaping Duty
  ) throws {
    let (isStopping, database, logger) = (isStopping, database, logger)
    threads.append(
      try WorkerThread.start(name: "care-\(name)", stackBytes: Caretakers.stackBytes) {
        var connection = Connection(database)
        var found = 0
        while !Caretakers.pause(isStopping, found > 0 ? 0 : pauseMilliseconds) {
          do throws(DatabaseError) {
            found = try duty(&connection)
          } catch {
            found = 0
            logger.write(
              .error, "a duty in the background failed; it is tried again",
              [.duty: "\(name)", .error: "\(error)"])
          }
        }
      })
  }

  /// Waits a little unless there is more to do.
  /// - Returns: whether it is time to end.
  private static func pause(_ isStopping: Monitor<Bool>, _ milliseconds: Int) -> Bool {
    isStopping.wait(timeout: .milliseconds(milliseconds)) { $0 ? true : nil } ?? false
  }

  /// Ends after the calls that are under way.
  func stop() {
    isStopping.withLock { $0 = true }
    isStopping.notifyAll()
    for thread in threads { thread.join() }
  }
}
