public import Vocabulary

/// How to call one provider.
public struct HTTPSClientConfiguration: Sendable {
  /// Names the provider in reports and errors.
  public var name: String
  public var connectTimeoutMilliseconds = 3_000
  /// From the first byte sent to the last received.
  public var totalTimeoutMilliseconds = 10_000
  /// As above, for an answer that goes into a file.
  public var downloadTimeoutMilliseconds = 600_000
  /// A larger answer is refused.
  public var responseBytesMax = 1024 * 1024
  /// As above, for an answer that goes into a file.
  public var downloadBytesMax = 1024 * 1024 * 1024
  /// Calls at the same time; more wait their turn, so that a slow provider never holds all workers.
  public var concurrentCallsMax = 8
  /// Longest wait for a turn; a call that did not get one fails, and nothing is sent.
  public var turnWaitMilliseconds = 2_000
  /// Calls that wait for a turn at the same time. Each holds a thread, so more than there are never
  /// come. A provider that hangs is not waited for, however few wait.
  public var waitingCallsMax = 16
  /// A CA certificate file in place of the system's, for a private gateway.
  public var caFile: String?
  /// Whether plain http may leave this machine. Never to a provider.
  public var allowsPlainHTTP = false
  /// What we show to a provider that asks who is calling.
  public var clientIdentity: ClientIdentity?
  public var userAgent = "CoinPay"
  /// Told about every call after its end.
  public var report: @Sendable (CallReport) -> Void = { _ in }

  public init(name: String) { self.name = name }
}

/// A client certificate with its private key, both as PEM.
public struct ClientIdentity: Sendable {
  public let certificatePEM: String
  public let keyPEM: Secret

  public init(certificatePEM: String, keyPEM: Secret) {
    self.certificatePEM = certificatePEM
    self.keyPEM = keyPEM
  }
}
