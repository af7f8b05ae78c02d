/// How to call one provider.
public struct HTTPSClientConfiguration: Sendable {
  /// Names the provider in errors.
  public var name: String
  public var connectTimeoutMilliseconds = 3_000
  /// From the first byte sent to the last received.
  public var totalTimeoutMilliseconds = 10_000
  /// A larger answer is refused.
  public var responseBytesMax = 1024 * 1024
  /// Calls at the same time; one more fails at once, so that a slow provider never holds all workers.
  public var concurrentCallsMax = 8
  /// A CA certificate file in place of the system's, for a private gateway.
  public var caFile: String?
  public var userAgent = "CoinPay"

  public init(name: String) { self.name = name }
}
