/// What one request may bring.
public struct RequestLimits: Sendable {
  /// Largest body; a larger one is answered 413.
  public let bodyBytesMax: Int
  /// All CGI variables together; more are answered 431.
  public let variablesBytesMax: Int

  /// Bytes of an oversized body that are read and dropped, so that the web server gets the answer
  /// instead of a reset.
  static let discardedBytesMax = 4 * 1024 * 1024

  public init(bodyBytesMax: Int, variablesBytesMax: Int = 64 * 1024) {
    self.bodyBytesMax = bodyBytesMax
    self.variablesBytesMax = variablesBytesMax
  }
}
