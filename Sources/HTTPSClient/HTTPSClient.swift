public import Files
import Synchronization
import Vocabulary

/// Calls one provider: bounded in time, size and number, and suspended while the provider fails.
public final class HTTPSClient: Sendable {
  private let configuration: HTTPSClientConfiguration
  private let now: @Sendable () -> ContinuousClock.Instant

  private struct State {
    var breaker = CircuitBreaker()
    var running = 0
    var idleHandles: [CurlHandle] = []
  }

  private let state = Mutex(State())

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
    if let problem = request.problem { return .failure(.invalidRequest(reason: problem)) }
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
    let result = state.withLock { state -> Result<CurlHandle?, TransportError> in
      guard state.running < configuration.concurrentCallsMax else { return .failure(.overloaded) }
      guard state.breaker.mayCall(at: now()) else { return .failure(.circuitOpen) }
      state.running += 1
      return .success(state.idleHandles.popLast())
    }
    if let handle = try result.get() ?? CurlHandle() { return handle }
    state.withLock { state in
      state.running -= 1
      state.breaker.abandoned(at: now())
    }
    throw .connectionFailed(reason: "libcurl could not be initialised")
  }

  private func end(_ handle: CurlHandle, _ result: Result<ClientResponse, TransportError>) {
    state.withLock { state in
      state.running -= 1
      state.idleHandles.append(handle)
      switch result {
      case .success(let response) where response.status < 500: state.breaker.succeeded()
      case .failure(.responseTooLarge): state.breaker.succeeded()
      case .failure(.invalidRequest): state.breaker.abandoned(at: now())
      case .success, .failure: state.breaker.failed(at: now())
      }
    }
  }
}
