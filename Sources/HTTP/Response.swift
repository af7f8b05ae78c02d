public import HTTPTypes

/// One HTTP answer as a value.
///
/// `HTTPFields` replaces CR, LF and NUL in every value it is given, so a value cannot add a header.
public struct Response: Sendable, Equatable {
  public var status: HTTPResponse.Status
  public var headers: HTTPFields
  public var body: [UInt8]

  public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer in JSON, never to be stored by a cache. A value that cannot be written as JSON (an infinite
  /// number, for example) becomes an empty answer of status 500.
  public static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    guard let body = JSON.encode(value) else { return .empty(.internalServerError) }
    return Response(
      status: status,
      headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
      body: body)
  }

  /// A page, never to be stored by a cache: every page shows something of one user.
  public static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: Array(text.utf8))
  }

  /// Plain text.
  public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: Array(text.utf8))
  }

  /// Sends the client to another address.
  /// Longest address of a redirect, in bytes. The web server takes all headers of an answer into one buffer of 4 KiB,
  /// and answers 502 for more.
  public static let locationBytesMax = 2_048

  /// - Parameters:
  ///   - location: a path on this site or a whole address. One that is too long loses its query, and what is too long
  ///     even so leads to the front page.
  ///   - status: 303 makes the client ask with GET.
  public static func redirect(
    to location: String, status: HTTPResponse.Status = .seeOther
  ) -> Response {
    let bounded = [location, String(location.prefix { $0 != "?" })].first {
      $0.utf8.count <= locationBytesMax
    }
    return Response(status: status, headers: [.location: bounded ?? "/"])
  }

  /// An answer without a body.
  public static func empty(_ status: HTTPResponse.Status) -> Response {
    Response(status: status)
  }

  /// The same answer with one more header.
  public func adding(_ name: HTTPField.Name, _ value: String) -> Response {
    var response = self
    response.headers.append(HTTPField(name: name, value: value))
    return response
  }

  /// Adds a cookie to the answer.
  public mutating func set(_ cookie: SetCookie) {
    headers.append(HTTPField(name: .setCookie, value: cookie.headerValue))
  }
}
