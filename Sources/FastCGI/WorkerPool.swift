import CFastCGI
import Glibc
public import HTTP
import HTTPTypes
public import Logging
import Synchronization
public import Threads

/// Threads that answer the requests of one socket, each with a context of its own.
///
/// A thread serves one connection at a time and closes it: a kept connection would pin the thread.
public final class WorkerPool<Context: ~Copyable>: Sendable {
  private let name: String
  private let socket: ListeningSocket
  private let threadCount: Int
  private let limits: RequestLimits
  private let logger: Logger
  private let makeContext: @Sendable () -> Context
  private let handle: @Sendable (inout Context, Request) -> Response
  private let stopEvent: Int32
  private let threads = Mutex<[WorkerThread]>([])
  private let isStopping = Atomic(false)

  /// - Parameters:
  ///   - makeContext: called once in each thread; the context never leaves it.
  ///   - handle: answers a request; it cannot fail.
  public init(
    name: String, socket: ListeningSocket, threads: Int, limits: RequestLimits, logger: Logger,
    makeContext: @escaping @Sendable () -> Context,
    handle: @escaping @Sendable (inout Context, Request) -> Response
  ) {
    self.name = name
    self.socket = socket
    threadCount = threads
    self.limits = limits
    self.logger = logger
    self.makeContext = makeContext
    self.handle = handle
    stopEvent = eventfd(0, Int32(EFD_CLOEXEC))
  }

  deinit { close(stopEvent) }

  /// Starts the threads; requests are answered from now on.
  public func start() throws(ThreadError) {
    for number in 1...threadCount {
      let thread = try WorkerThread.start(name: "\(name)-\(number)") { [self] in work() }
      threads.withLock { $0.append(thread) }
    }
  }

  /// Stops accepting, lets every accepted request finish and ends the threads.
  ///
  /// What waits on a socket of our own is answered too; what waits on an inherited one is left to the
  /// next process.
  public func stop() {
    isStopping.store(true, ordering: .releasing)
    socket.stopOffering()
    eventfd_write(stopEvent, 1)
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in running { thread.join() }
    socket.close()
  }

  private func work() {
    guard let acceptor = Acceptor(socket: socket, stopEvent: stopEvent),
      let request = FastCGIRequest()
    else {
      logger.critical("a worker cannot accept connections", metadata: ["pool": "\(name)"])
      return
    }
    var context = makeContext()
    while true {
      let mayAccept = !isStopping.load(ordering: .acquiring) || socket.ownedPath != nil
      if mayAccept, let connection = acceptor.accept() {
        serve(request, connection, &context)
      } else if isStopping.load(ordering: .acquiring) {
        return
      } else {
        acceptor.wait()
      }
    }
  }

  private func serve(
    _ request: FastCGIRequest, _ connection: Int32, _ context: inout Context
  ) {
    guard request.begin(connection) else {
      logger.debug("a connection ended before its request", metadata: ["pool": "\(name)"])
      return
    }
    let start = ContinuousClock.now
    var id = ""
    var line = RequestLine()
    var response: Response
    do throws(RequestProblem) {
      let variables = try request.variables(limits)
      id = variables.requestID
      line = RequestLine(method: variables.method, path: variables.path)
      let body = try request.body(declared: variables.contentLength(), limits)
      response = handle(&context, try variables.request(body: body, id: id))
    } catch {
      response = refusal(error, id: id)
    }
    if !id.isEmpty { response = response.adding(.requestID, id) }
    let isDelivered = request.write(response, isHead: line.method == "HEAD")
    request.end()
    log(line, response, id: id, isDelivered: isDelivered, duration: .now - start)
  }

  private func log(
    _ line: RequestLine, _ response: Response, id: String, isDelivered: Bool,
    duration: ContinuousClock.Duration
  ) {
    let microseconds =
      duration.components.attoseconds / 1_000_000_000_000
      + duration.components.seconds * 1_000_000
    logger.info(
      isDelivered ? "request" : "request of a client that went away",
      metadata: [
        "request_id": "\(id)", "method": "\(line.method)",
        "path": "\(line.path.prefix(RequestLine.pathCharactersMax))",
        "status": "\(response.status.code)", "duration_us": "\(microseconds)", "pool": "\(name)",
      ])
  }

  private func refusal(_ problem: RequestProblem, id: String) -> Response {
    let (status, code, message): (HTTPResponse.Status, String, String) =
      switch problem {
      case .malformed(let what): (.badRequest, "INVALID_REQUEST", "invalid request: \(what)")
      case .bodyTooLarge:
        (.contentTooLarge, "PAYLOAD_TOO_LARGE", "the body exceeds \(limits.bodyBytesMax) bytes")
      case .variablesTooLarge:
        (.requestHeaderFieldsTooLarge, "INVALID_REQUEST", "the headers are too large")
      }
    return .json(ErrorBody(code: code, message: message, requestID: id), status: status)
  }
}

private struct RequestLine {
  var method = ""
  var path = ""
  /// Characters of a path that a log line shows.
  static let pathCharactersMax = 200
}

/// The shape of every JSON error.
private struct ErrorBody: Encodable {
  struct Detail: Encodable {
    let code: String
    let message: String
  }

  let success = false
  let error: Detail
  let requestId: String

  init(code: String, message: String, requestID: String) {
    error = Detail(code: code, message: message)
    requestId = requestID
  }
}
