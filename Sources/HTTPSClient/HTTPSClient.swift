public import Files
import Threads
import Vocabulary

/// Calls one provider: bounded in time, size and number, and suspended while the provider fails.
public final class HTTPSClient: Sendable {
  private let configuration: HTTPSClientConfiguration
  private let now: @Sendable () -> ContinuousClock.Instant

  private struct State {
    var breaker = CircuitBreaker()
    var running = 0
    var idleHandles: [CurlHandle] = []
    /// Calls that wait for their turn, in the order in which they came.
    var waiting: [Int] = []
    var lastTicket = 0
    /// When a call ended last, or began while others could have: a provider that hangs is not waited for.
    var movedAt: ContinuousClock.Instant?
  }

  private let state = Monitor(State())

  public convenience init(_ configuration: HTTPSClientConfiguration) {
    self.init(configuration, now: { .now })
  }

  /// - Parameter now: what the breaker takes for the present moment.
  init(
    _ configuration: HTTPSClientConfiguration,
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) {
    self.configuration = configuration
    self.now = now
  }

  /// Whether a call would be let through now.
  public var isAvailable: Bool { state.withLock { $0.breaker.isAvailable(at: now()) } }

  /// Makes a call and waits for the whole answer.
  ///
  /// Time-outs, broken connections and answers of 500 and above count as failures for the breaker.
  public func send(_ request: ClientRequest) throws(TransportError) -> ClientResponse {
    try call(request, into: nil)
  }

  /// As `send`, for an answer of any size.
  ///
  /// - Parameter file: takes the body; the response given back has none.
  public func download(
    _ request: ClientRequest, into file: TemporaryFile
  ) throws(TransportError) -> ClientResponse {
    try call(request, into: file)
  }

  private func call(
    _ request: ClientRequest, into file: TemporaryFile?
  ) throws(TransportError) -> ClientResponse {
    let start = now()
    let result = perform(request, into: file)
    let response = try? result.get()
    configuration.report(
      CallReport(
        provider: configuration.name, method: request.method.rawValue,
        address: request.addressWithoutQuery, result: result.map(\.status),
        duration: now() - start, requestID: CallScope.requestID,
        providerRequestID: response?[header: "request-id"] ?? response?[header: "trace_id"]))
    return try result.get()
  }

  private func perform(
    _ request: ClientRequest, into file: TemporaryFile?
  ) -> Result<ClientResponse, TransportError> {
    if let problem = request.problem(allowsPlainHTTP: configuration.allowsPlainHTTP) {
      return .failure(.invalidRequest(reason: problem))
    }
    do throws(TransportError) {
      let handle = try begin()
      let result = handle.perform(request, configuration, into: file)
      end(handle, result)
      return result
    } catch {
      return .failure(error)
    }
  }

  private func begin() throws(TransportError) -> CurlHandle {
    if let handle = try takeTurn() ?? CurlHandle() { return handle }
    state.withLock { state in
      state.running -= 1
      state.breaker.abandoned(at: now())
    }
    state.notifyAll()
    throw .connectionFailed(reason: "libcurl could not be initialised")
  }

  /// Waits until so many calls run or stand in the queue.
  func waitForCalls(_ count: Int) -> Bool {
    state.wait(timeout: .seconds(20)) { $0.running + $0.waiting.count >= count ? true : nil }
      ?? false
  }

  /// Waits until fewer calls run than may, first come first served, unless the breaker is open, many
  /// wait already, or no call has ended for as long as anybody waits.
  private func takeTurn() throws(TransportError) -> CurlHandle? {
    let wait = Duration.milliseconds(configuration.turnWaitMilliseconds)
    let ticket = state.withLock { state -> Int? in
      let isFull = state.running >= configuration.concurrentCallsMax
      if isFull, state.waiting.count >= configuration.waitingCallsMax { return nil }
      if isFull, let movedAt = state.movedAt, now() - movedAt >= wait { return nil }
      state.lastTicket += 1
      state.waiting.append(state.lastTicket)
      return state.lastTicket
    }
    guard let ticket else { throw isAvailable ? .overloaded : .circuitOpen }
    state.notifyAll()
    let turn = state.wait(timeout: wait) {
      state -> Result<CurlHandle?, TransportError>? in
      guard state.breaker.isAvailable(at: now()) else { return .failure(.circuitOpen) }
      guard state.waiting.first == ticket, state.running < configuration.concurrentCallsMax else {
        return nil
      }
      guard state.breaker.mayCall(at: now()) else { return .failure(.circuitOpen) }
      state.running += 1
      state.movedAt = now()
      return .success(state.idleHandles.popLast())
    }
    state.withLock { state in state.waiting.removeAll { $0 == ticket } }
    // Whoever is next may have been passed over while this one stood before it.
    state.notifyAll()
    guard let turn else { throw .overloaded }
    return try turn.get()
  }

  private func end(_ handle: CurlHandle, _ result: Result<ClientResponse, TransportError>) {
    state.withLock { state in
      state.running -= 1
      state.movedAt = now()
      state.idleHandles.append(handle)
      switch result {
      case .success(let response) where response.status < 500: state.breaker.succeeded()
      case .failure(.responseTooLarge): state.breaker.succeeded()
      case .failure(.invalidRequest): state.breaker.abandoned(at: now())
      case .success, .failure: state.breaker.failed(at: now())
      }
    }
    state.notifyAll()
  }
}
