public import Vocabulary

/// What the process that made a connection knows beside it, for rooms that know what it is.
public protocol Companion: AnyObject, Sendable {}

/// Where the database is and how long to wait for it.
public struct DatabaseConfiguration: Sendable {
  public enum Endpoint: Sendable {
    case socket(path: String)
    /// With a CA file the connection is TLS and the server's certificate and name are verified;
    /// without one it is plain text, which settings allow in development only.
    case tcp(host: String, port: UInt16, tlsCAFile: String?)
  }

  public var endpoint: Endpoint
  public var database: String
  public var user: String
  public var password: Secret
  public var connectTimeoutSeconds: UInt32
  public var readTimeoutSeconds: UInt32
  public var writeTimeoutSeconds: UInt32
  public var companion: (any Companion)?
  /// Nil but in tests.
  package var observer: (any StatementObserver)?

  public init(
    endpoint: Endpoint, database: String, user: String, password: Secret,
    connectTimeoutSeconds: UInt32 = 5, readTimeoutSeconds: UInt32 = 15,
    writeTimeoutSeconds: UInt32 = 15, companion: (any Companion)? = nil
  ) {
    self.endpoint = endpoint
    self.database = database
    self.user = user
    self.password = password
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.readTimeoutSeconds = readTimeoutSeconds
    self.writeTimeoutSeconds = writeTimeoutSeconds
    self.companion = companion
  }
}
