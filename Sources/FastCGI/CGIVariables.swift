import Glibc
import HTTPTypes

/// The variables of one request (RFC 3875, section 4.1), copied out of libfcgi.
struct CGIVariables {
  /// Variables that decide what a request means: twice is once too often.
  private static let essential: Set<String> = [
    "REQUEST_METHOD", "REQUEST_URI", "QUERY_STRING", "CONTENT_LENGTH", "CONTENT_TYPE",
    "REMOTE_ADDR",
    "HTTPS", "SERVER_NAME", "REQUEST_ID", "HTTP_HOST", "HTTP_X_REQUEST_ID",
  ]
  /// They stand in `CONTENT_TYPE` and `CONTENT_LENGTH`, and nginx sends them here as well.
  private static let ignoredHeaders: Set<String> = ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"]

  private var values: [String: [UInt8]] = [:]
  /// The headers, from the `HTTP_` variables and `CONTENT_TYPE`.
  private(set) var headers: HTTPFields = [:]
  /// Whether an essential variable came twice or a header has no possible name.
  private(set) var isMalformed = false
  /// Whether there was more than may be; the variables are incomplete then.
  private(set) var isTooLarge = false

  /// - Parameters:
  ///   - environment: `NAME=value` strings, ended by a null pointer (FCGX_ParamArray).
  ///   - bytesMax: largest sum of the lengths of these strings.
  @unsafe
  init(_ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, bytesMax: Int) {
    guard var next = unsafe environment else { return }
    var bytesLeft = bytesMax
    while let text = unsafe next.pointee {
      let length = unsafe strlen(text)
      bytesLeft -= length
      if bytesLeft < 0 {
        isTooLarge = true
        return
      }
      add(unsafe Array(UnsafeRawBufferPointer(start: text, count: length)))
      unsafe next += 1
    }
  }

  private mutating func add(_ pair: [UInt8]) {
    let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
    let name = String(decoding: pair[..<equals], as: UTF8.self)
    let value = Array(pair[equals...].dropFirst())
    if Self.essential.contains(name), values[name] != nil { isMalformed = true }
    values[name] = value
    if name == "CONTENT_TYPE" {
      if !value.isEmpty { headers.append(HTTPField(name: .contentType, value: value)) }
    } else if name.hasPrefix("HTTP_"), !Self.ignoredHeaders.contains(name) {
      let words = name.dropFirst("HTTP_".count).lowercased().split(
        separator: "_", omittingEmptySubsequences: false)
      guard let field = HTTPField.Name(words.joined(separator: "-")) else {
        isMalformed = true
        return
      }
      headers.append(HTTPField(name: field, value: value))
    }
  }

  /// The value of a variable; nil when it is absent or not valid UTF-8.
  subscript(_ name: String) -> String? {
    values[name].flatMap { String(validating: $0, as: UTF8.self) }
  }
}
