public import HTTPTypes

/// Bounds on what one client may send and how long it may take.
public struct RequestLimits: Sendable {
  /// Largest body, in bytes, where `routeBodyBytesMax` names no other. More is answered with 413 and not read.
  public let bodyBytesMax: Int
  /// Largest body of the route that a method and a path lead to, in bytes.
  public let routeBodyBytesMax: @Sendable (HTTPRequest.Method, _ path: String) -> Int?
  /// Bodies above `bodyBytesMax` that are held in memory at once. Parsing one takes
  /// many times its size, so that one in each thread could take all memory.
  public let largeBodiesMax: Int
  /// Largest sum of all names and values of the CGI variables, headers included, in bytes. More is
  /// answered with 431; more than twice as much ends the connection without an answer.
  public let headerBytesMax: Int
  /// Longest silence of the web server in the middle of a request or an answer, in seconds.
  public let silenceSecondsMax: Int

  /// Most bytes of FastCGI records before the body.
  var recordBytesMax: Int { headerBytesMax * 2 }

  public init(
    bodyBytesMax: Int, largeBodiesMax: Int = 8, headerBytesMax: Int = 64 * 1024,
    silenceSecondsMax: Int = 30,
    routeBodyBytesMax: @escaping @Sendable (HTTPRequest.Method, _ path: String) -> Int? = {
      _, _ in nil
    }
  ) {
    self.bodyBytesMax = bodyBytesMax
    self.routeBodyBytesMax = routeBodyBytesMax
    self.largeBodiesMax = largeBodiesMax
    self.headerBytesMax = headerBytesMax
    self.silenceSecondsMax = silenceSecondsMax
  }
}
