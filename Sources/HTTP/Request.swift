public import HTTPTypes

/// A request as a value, whatever it came in by.
public struct Request: Sendable {
  public let method: HTTPRequest.Method
  /// Percent-decoded once; begins with `/`.
  public let path: String
  public let query: Parameters
  public let headers: HTTPFields
  /// The exact bytes received.
  public let body: [UInt8]
  public let remoteAddress: String
  public let isSecure: Bool
  /// Names the request in logs and in the answer's `X-Request-Id`.
  public let id: String

  public init(
    method: HTTPRequest.Method = .get, path: String = "/", query: Parameters = Parameters(),
    headers: HTTPFields = [:], body: [UInt8] = [], remoteAddress: String = "127.0.0.1",
    isSecure: Bool = false, id: String = "test"
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
    self.id = id
  }

  public var host: String { headers[values: .host].first ?? "" }
  public var cookies: Cookies { Cookies(headers[values: .cookie]) }
}

extension HTTPField.Name {
  public static let host = HTTPField.Name("Host") ?? .location
  public static let requestID = HTTPField.Name("X-Request-Id") ?? .location
  public static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .location
  public static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .location
}
