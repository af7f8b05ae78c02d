import HTTP
import HTTPTypes
import LogLines
import Logging
import Synchronization
import Threads

extension WorkerPool where Context: ~Copyable {
  /// The life of one thread.
  func work() {
    var context = makeContext()
    let exchange = Exchange()
    let place = watch?.board.takePlace()
    if place != nil { FaultWatch.prepareThread() }
    while true {
      let isStopping = state.withLock { $0.isStopping }
      // What waits in an inherited socket belongs to the next process.
      if isStopping && !socket.isOwned { return }
      switch socket.accept() {
      case .connection(let connection):
        counters.taken.add(1, ordering: .relaxed)
        serve(connection, by: exchange, with: &context, noting: place)
        place?.clear()
        counters.done.add(1, ordering: .relaxed)
      case .again:
        continue
      case .empty, .failed:
        if isStopping { return }
        pauseAfterFailure()
      }
    }
  }

  private func pauseAfterFailure() {
    // A stop in this very moment makes the listening socket fail as well.
    let stopped = state.wait(timeout: PoolConstants.acceptPause) { $0.isStopping ? true : nil }
    if stopped == nil {
      logger?.write(.error, "no connection could be accepted", [.pool: "\(name)"])
    }
  }

  private func serve(
    _ connection: Int32, by exchange: borrowing Exchange, with context: inout Context,
    noting place: borrowing RequestBoard.Place?
  ) {
    guard exchange.begin(on: connection, limits: limits) else {
      counters.broken.add(1, ordering: .relaxed)
      logger?.write(.debug, "a connection brought no request", [.pool: "\(name)"])
      return
    }
    let start = ContinuousClock.now
    let variables = exchange.variables(bytesMax: limits.headerBytesMax)
    let trace = RequestTrace(variables)
    place?.note(trace)
    let requestID = RequestID.choose(variables)
    var method = variables["REQUEST_METHOD"].flatMap { HTTPRequest.Method($0) } ?? .get
    var path = "-"
    let response: Response
    do throws(Refusal) {
      if watch?.refuses(trace) ?? false { throw Refusal.endedProcess }
      let head = try RequestHead(variables, requestID: requestID, limits: limits)
      (method, path) = (head.request.method, head.request.path)
      response = try answer(head, over: connection, by: exchange, with: &context)
      counters.answered.add(1, ordering: .relaxed)
    } catch {
      note(error, trace, requestID: requestID)
      let languages = AcceptLanguage(variables.headers[.acceptLanguage])
      response = error.response(requestID: requestID, message: refusalText(error, languages))
      counters.refused.add(1, ordering: .relaxed)
    }
    let pieces = ResponseWriter.pieces(response, to: method, requestID: requestID)
    if !exchange.answer(pieces) {
      counters.clientsGone.add(1, ordering: .relaxed)
      logger?.write(.debug, "the client went away", [.requestID: "\(requestID)"])
    }
    log(requestID, method, path, response.status, since: start)
  }

  private func answer(
    _ head: RequestHead, over connection: Int32, by exchange: borrowing Exchange,
    with context: inout Context
  ) throws(Refusal) -> Response {
    let isLarge = head.bodyBytes > limits.bodyBytesMax
    if isLarge, !takeLargeBody() { throw .tooManyLargeBodies }
    defer { if isLarge { giveBackLargeBody() } }
    guard let body = exchange.body(bytes: head.bodyBytes) else { throw .malformed }
    var request = head.request
    request.body = body
    request.isClientGone = { isClosedByPeer(connection) }
    return handle(&context, request)
  }

  /// Waits a moment only: the threads that wait are missing for small bodies.
  private func takeLargeBody() -> Bool {
    largeBodies.wait(timeout: PoolConstants.largeBodyWait) { held in
      guard held < limits.largeBodiesMax else { return nil }
      held += 1
      return true
    } ?? false
  }

  private func giveBackLargeBody() {
    largeBodies.withLock { $0 -= 1 }
    largeBodies.notifyOne()
  }

  /// A body that is refused for its size may be a provider's news that nobody hears of otherwise.
  private func note(_ refusal: Refusal, _ trace: RequestTrace, requestID: String) {
    guard case .bodyTooLarge(let bytesMax) = refusal, let logger else { return }
    let microseconds = (ContinuousClock.now - startedAt) / .microseconds(1)
    let line = sizeRefusals.withLock { $0.count(atMicroseconds: Int64(microseconds)) }
    guard let line else { return }
    var fields: LogFields = [
      .pool: "\(name)", .requestID: "\(requestID)", .address: "\(trace.address)",
      .method: "\(trace.method)", .path: "\(loggable(trace.path))",
      .bodyBytes: trace.bodyBytes > 0 ? "\(trace.bodyBytes)" : "unknown",
      .bytesMax: "\(bytesMax)", .refusedInAll: "\(line.total)",
    ]
    if line.unlogged > 0 { fields[.notLoggedBefore] = "\(line.unlogged)" }
    logger.write(.warning, "a request was refused for the size of its body", fields)
  }

  private func log(
    _ requestID: String, _ method: HTTPRequest.Method, _ path: String,
    _ status: HTTPResponse.Status,
    since start: ContinuousClock.Instant
  ) {
    guard let logger else { return }
    let microseconds = (ContinuousClock.now - start) / .microseconds(1)
    logger.write(
      .info, "request",
      [
        .pool: "\(name)", .requestID: "\(requestID)", .method: "\(method.rawValue)",
        .path: "\(loggable(path))", .status: "\(status.code)",
        .durationMilliseconds: "\(microseconds.rounded() / 1_000)",
      ])
  }
}

/// The path as it may stand in a log: cut, and nothing in it can end a line or move a cursor.
func loggable(_ path: String) -> String {
  let isPlain = path.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  if isPlain { return String(path.prefix(PoolConstants.loggedPathCharactersMax)) }
  let scalars = path.unicodeScalars.prefix(PoolConstants.loggedPathCharactersMax).map { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      Unicode.Scalar("?" as Unicode.Scalar)
    default: scalar
    }
  }
  return String(String.UnicodeScalarView(scalars))
}
