/// Why there is no answer. No text holds an address's query, a header or a body.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The breaker is open after repeated failures; nothing was sent.
  case circuitOpen
  /// As many calls as allowed have been running for as long as anybody waits; nothing was sent.
  case overloaded
  /// The request cannot be sent as it is.
  case invalidRequest(reason: String)
  /// No connection; nothing was sent.
  case connectionFailed(reason: String)
  /// The other side's certificate was not accepted; nothing was sent.
  case tlsFailed(reason: String)
  case timedOut
  case connectionLost(reason: String)
  case responseTooLarge

  /// Whether the other side may have acted on the request.
  public var mayHaveBeenSent: Bool {
    switch self {
    case .circuitOpen, .overloaded, .invalidRequest, .connectionFailed, .tlsFailed: false
    case .timedOut, .connectionLost, .responseTooLarge: true
    }
  }

  /// One word, for figures.
  public var name: String {
    switch self {
    case .circuitOpen: "circuit_open"
    case .overloaded: "overloaded"
    case .invalidRequest: "invalid_request"
    case .connectionFailed: "connection_failed"
    case .tlsFailed: "tls_failed"
    case .timedOut: "timed_out"
    case .connectionLost: "connection_lost"
    case .responseTooLarge: "response_too_large"
    }
  }

  public var description: String {
    switch self {
    case .circuitOpen: "calls are suspended after repeated failures"
    case .overloaded: "too many calls are running"
    case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
    case .connectionFailed(let reason): "no connection: \(reason)"
    case .tlsFailed(let reason): "TLS: \(reason)"
    case .timedOut: "no answer in time"
    case .connectionLost(let reason): "the connection broke: \(reason)"
    case .responseTooLarge: "the answer is too large"
    }
  }
}
