public import HTTPTypes

/// One HTTP request as a value, complete with its body.
public struct Request: Sendable {
  public var method: HTTPRequest.Method
  /// The path, percent-decoded once.
  public var path: String
  public var query: QueryParameters
  public var headers: HTTPFields
  public var body: [UInt8]
  /// The client's address as text, without a port.
  public var remoteAddress: String
  /// Whether the client speaks HTTPS with us.
  public var isSecure: Bool
  /// The host that the client named, with its port if it named one.
  public var host: String
  /// Goes into every log line and into the answer's `X-Request-Id`.
  public var requestID: String
  /// Whether nobody waits for the answer any more. To be asked before work that costs much, and only
  /// while the request is being answered.
  public var isClientGone: @Sendable () -> Bool = { false }

  public init(
    method: HTTPRequest.Method = .get, path: String = "/", query: QueryParameters = [:],
    headers: HTTPFields = [:], body: [UInt8] = [], remoteAddress: String = "127.0.0.1",
    isSecure: Bool = true, host: String = "localhost", requestID: String = "request-0"
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
    self.host = host
    self.requestID = requestID
  }

  /// The cookies that the client sent.
  public var cookies: Cookies { Cookies(headers) }

  /// The media type of the body in lower case without parameters, for example `application/json`.
  public var mediaType: String? {
    guard let value = headers[.contentType] else { return nil }
    return value.prefix { $0 != ";" }.trimmed.lowercased()
  }

  /// Decodes a form body.
  /// - Throws: `BodyError`, as `FormBody.init` does, and when the body says that it is something else.
  public func decodeForm() throws(BodyError) -> FormBody {
    guard mediaType == "application/x-www-form-urlencoded" else { throw .unsupportedMediaType }
    return try FormBody(body)
  }
}
