/// One call to a provider, for the log and for figures. It holds no query, header or body.
public struct CallReport: Sendable {
  public let provider: String
  public let method: String
  /// The address without its query.
  public let address: String
  /// The status of the answer, or why there is none.
  public let result: Result<Int, TransportError>
  public let duration: Duration
  /// The request of ours that made the call, or nil for work in the background.
  public let requestID: String?
  /// How the provider names the call, to be quoted to its support.
  public let providerRequestID: String?
}
