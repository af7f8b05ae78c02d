import Crypto
public import HTTP
import HTTPTypes
import Vocabulary

/// What of a probe arrived at the worker.
public struct ProbeAnswer: Codable, Hashable, Sendable {
  public let method: String
  public let path: String
  /// `https` or `http`, as the web server sees it.
  public let scheme: String
  public let host: String
  public let contentType: String?
  public let bodyBytes: Int
  /// SHA-256 of the body, hexadecimal.
  public let bodySha256: String
  public let requestId: String
  /// Where the request comes from, as limits count it.
  public let address: String?
  /// Whether something on the way says that it handed the request on: a probe itself never says so.
  public let isForwarded: Bool?

  enum CodingKeys: String, CodingKey {
    case method, path, scheme, host, address
    case contentType = "content_type"
    case bodyBytes = "body_bytes"
    case bodySha256 = "body_sha256"
    case requestId = "request_id"
    case isForwarded = "is_forwarded"
  }

  private static let forwardingHeaders = [
    "CDN-Loop", "CF-Connecting-IP", "Forwarded", "True-Client-IP", "Via", "X-Forwarded-For",
    "X-Real-IP",
  ]

  public init(_ request: Request) {
    method = request.method.rawValue
    path = request.path
    scheme = request.isSecure ? "https" : "http"
    host = request.host
    contentType = request.headers[.contentType]
    bodyBytes = request.body.count
    bodySha256 = Hex.encode(SHA256.digest(request.body))
    requestId = request.requestID
    address = request.remoteAddress
    isForwarded = ProbeAnswer.forwardingHeaders.contains { name in
      HTTPField.Name(name).map { request.headers[$0] != nil } ?? false
    }
  }
}

extension Call {
  /// The answer to a probe of ours; nil for any other request, a forged or old probe included.
  func probeAnswer() -> Response? {
    guard let header = request.headers[.coinPayProbe],
      site.probes.isGenuine(header, at: site.clock.now())
    else { return nil }
    return .json(ProbeAnswer(request))
  }
}

extension HTTPField.Name {
  fileprivate static let coinPayProbe = HTTPField.Name(ProbeSeal.headerName) ?? .authorization
}
