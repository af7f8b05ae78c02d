import HTTP
import HTTPTypes

/// How an answer looks on the wire (RFC 3875, section 6).
enum ResponseWriter {
  /// Headers that only the writer and the web server may set. `Status` would change the status line.
  private static let reservedNames: Set<String> = [
    "status", "content-length", "x-request-id", "connection", "transfer-encoding",
  ]

  /// - Returns: the head and the body to send.
  static func pieces(
    _ response: Response, to method: HTTPRequest.Method, requestID: String
  ) -> [[UInt8]] {
    let status = response.status
    var head = Array("Status: \(status.code) \(status.reasonPhrase)\r\n".utf8)
    for field in response.headers where !reservedNames.contains(field.name.canonicalName) {
      append(field.name.rawName, field.value, to: &head)
    }
    append("X-Request-Id", requestID, to: &head)
    let hasBody = status.kind != .informational && status != .noContent && status != .notModified
    if hasBody { append("Content-Length", String(response.body.count), to: &head) }
    head += Array("\r\n".utf8)
    return hasBody && method != .head ? [head, response.body] : [head]
  }

  private static func append(_ name: String, _ value: String, to head: inout [UInt8]) {
    head += Array("\(name): \(value)\r\n".utf8)
  }
}
