import Controls
import Database
import LogLines
import Logging
import Threads
import Vocabulary

/// The thread that keeps a worker's board of controls up to date.
final class ControlsWatch {
  private let board: ControlsBoard
  private let database: DatabaseConfiguration
  private let logger: Logger
  private let isStopping = Monitor(false)
  private var thread: WorkerThread?

  /// Database connections that the thread needs.
  static let connections = 1
  private static let stackBytes = 1024 * 1024

  init(_ board: ControlsBoard, database: DatabaseConfiguration, logger: Logger) {
    self.board = board
    self.database = database
    self.logger = logger
  }

  /// Reads the controls before the first request is taken, then goes on in a thread.
  func start() throws {
    var first = Connection(database)
    _ = try board.refresh(on: &first)
    let (board, database, logger, isStopping) = (board, database, logger, isStopping)
    thread = try WorkerThread.start(name: "controls", stackBytes: ControlsWatch.stackBytes) {
      var connection = Connection(database)
      var isBlind = false
      while !ControlsWatch.pause(isStopping) {
        do throws(DatabaseError) {
          let hasChanged = try board.refresh(on: &connection)
          if hasChanged || isBlind { ControlsWatch.tell(board.current, logger) }
          isBlind = false
        } catch {
          if !isBlind {
            logger.write(
              .error, "the controls cannot be read; the last that were known hold",
              [.error: "\(error)"])
          }
          isBlind = true
        }
      }
    }
  }

  private static func tell(_ controls: Controls, _ logger: Logger) {
    logger.write(
      .notice, "controls",
      [
        .mode: "\(controls.switchedMode.rawValue)",
        .until: "\(controls.until.map(\.description) ?? "-")",
        .settlement: "\(controls.settlementIsStopped ? "stopped" : "on")",
        .methodsOff: "\(controls.methodsOff.map(\.rawValue).joined(separator: ","))",
      ])
  }

  private static func pause(_ isStopping: Monitor<Bool>) -> Bool {
    isStopping.wait(timeout: .milliseconds(ControlsBoard.refreshMilliseconds)) {
      $0 ? true : nil
    } ?? false
  }

  func stop() {
    isStopping.withLock { $0 = true }
    isStopping.notifyAll()
    thread?.join()
  }
}
