/// Bounds on what one client may send and how long it may take.
public struct RequestLimits: Sendable {
  /// Largest body, in bytes. More is answered with 413 and not read.
  public let bodyBytesMax: Int
  /// Largest sum of all names and values of the CGI variables, headers included, in bytes. More is
  /// answered with 431; more than twice as much ends the connection without an answer.
  public let headerBytesMax: Int
  /// Longest silence of the web server in the middle of a request or an answer, in seconds.
  public let silenceSecondsMax: Int

  /// Most bytes of FastCGI records before the body.
  var recordBytesMax: Int { headerBytesMax * 2 }

  public init(bodyBytesMax: Int, headerBytesMax: Int = 64 * 1024, silenceSecondsMax: Int = 30) {
    self.bodyBytesMax = bodyBytesMax
    self.headerBytesMax = headerBytesMax
    self.silenceSecondsMax = silenceSecondsMax
  }
}
