import Database
import HTTPSClient
import LogLines
import Logging
import Payments
import Provider
import Threads
import Vocabulary

/// Collects what calls to providers came to, and writes it down beside the work, never in its way.
///
/// Calls that the database cannot take in time are dropped: nothing is decided by them, and the log has
/// them too.
final class CallRecorder: Sendable {
  private let waiting = Monitor(Waiting())

  private struct Waiting {
    var calls: [ProviderCall] = []
    var isStopping = false
  }

  /// Calls that wait to be written.
  private static let waitingCallsMax = 5_000
  /// Pause between two writings, in milliseconds.
  private static let pauseMilliseconds = 500
  /// Writings between two looks for calls that are too old.
  private static let purgeRounds = 1_000
  private static let stackBytes = 1024 * 1024
  /// Database connections that the thread needs.
  static let connections = 1

  func note(_ report: CallReport) {
    let purpose = CallPurpose.current
    let result: ProviderCall.Result
    switch report.result {
    case .success(let status): result = .answered(status: Int64(status))
    case .failure(let error): result = .unanswered(error: "\(error)")
    }
    let call = ProviderCall(
      provider: report.provider, operation: (purpose?.operation ?? .other).rawValue,
      outTradeNo: purpose?.outTradeNo, address: report.address, requestID: report.requestID,
      providerRequestID: report.providerRequestID, result: result,
      durationMilliseconds: report.duration.inMilliseconds,
      createdAt: SystemTime.now())
    waiting.withLock { waiting in
      if waiting.calls.count < CallRecorder.waitingCallsMax { waiting.calls.append(call) }
    }
  }

  /// Writes what waits.
  func flush(on connection: inout Connection) throws(DatabaseError) {
    while true {
      let calls = waiting.withLock { waiting in
        let part = Array(waiting.calls.prefix(ProviderCall.batchRowsMax))
        waiting.calls.removeFirst(part.count)
        return part
      }
      guard !calls.isEmpty else { return }
      try ProviderCall.insert(calls, in: &connection)
    }
  }

  /// Writes from time to time in a thread of its own, until `stop`.
  func start(_ database: DatabaseConfiguration, _ logger: Logger) throws -> WorkerThread {
    try WorkerThread.start(name: "calls", stackBytes: CallRecorder.stackBytes) { [self] in
      var connection = Connection(database)
      var round = 0
      while !pause() {
        write(on: &connection, isPurging: round % CallRecorder.purgeRounds == 0, logger)
        round += 1
      }
      write(on: &connection, isPurging: false, logger)
    }
  }

  private func write(
    on connection: inout Connection, isPurging: Bool, _ logger: Logger
  ) {
    do throws(DatabaseError) {
      try flush(on: &connection)
      guard isPurging else { return }
      while try ProviderCall.purge(on: &connection, at: SystemTime.now())
        == Int64(ProviderCall.batchRowsMax)
      {}
    } catch {
      logger.write(
        .warning, "calls to providers could not be recorded; they are in the log",
        [.error: "\(error)"])
    }
  }

  private func pause() -> Bool {
    waiting.wait(timeout: .milliseconds(CallRecorder.pauseMilliseconds)) {
      $0.isStopping ? true : nil
    } ?? false
  }

  func stop() {
    waiting.withLock { $0.isStopping = true }
    waiting.notifyAll()
  }
}
