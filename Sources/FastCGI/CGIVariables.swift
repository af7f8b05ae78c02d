import HTTP
import HTTPTypes

/// Why a request was not understood.
enum RequestProblem: Error, Hashable {
  case malformed(String)
  case bodyTooLarge
  case variablesTooLarge
}

/// The variables of a FastCGI request (RFC 3875), and the request that they describe.
struct CGIVariables {
  private var values: [String: String] = [:]
  private var hasDuplicate = false

  /// Variables that decide what a request means; they must not come twice.
  private static let essential: Set<String> = [
    "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_ADDR", "HTTPS",
    "REQUEST_ID", "HTTP_HOST", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_STRIPE_SIGNATURE",
  ]

  mutating func add(_ entry: String) {
    let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return }
    let name = String(parts[0])
    if values.updateValue(String(parts[1]), forKey: name) != nil,
      CGIVariables.essential.contains(name)
    {
      hasDuplicate = true
    }
  }

  /// The declared length of the body in bytes; nil when none is declared.
  func contentLength() throws(RequestProblem) -> Int? {
    guard let text = values["CONTENT_LENGTH"], !text.isEmpty else { return nil }
    guard text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(text)
    else { throw .malformed("CONTENT_LENGTH") }
    return length
  }

  /// The id to use for this request: the web server's when it is well-formed, else a new one.
  var requestID: String {
    guard let given = values["REQUEST_ID"], (8...64).contains(given.utf8.count),
      given.utf8.allSatisfy(CGIVariables.isIDCharacter)
    else { return CGIVariables.newRequestID() }
    return given
  }

  private static func isIDCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func newRequestID() -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<32).compactMap { _ in digits.randomElement() })
  }

  func request(body: [UInt8], id: String) throws(RequestProblem) -> Request {
    guard !hasDuplicate else { throw .malformed("duplicate variable") }
    guard let methodText = values["REQUEST_METHOD"], let method = HTTPRequest.Method(methodText)
    else { throw .malformed("REQUEST_METHOD") }
    guard let target = values["REQUEST_URI"], target.hasPrefix("/") else {
      throw .malformed("REQUEST_URI")
    }
    let parts = target.utf8.split(
      separator: 0x3F, maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = PercentCoding.decode(parts[0], plusIsSpace: false) else {
      throw .malformed("REQUEST_URI")
    }
    guard let query = parts.count == 2 ? Parameters(formEncoded: parts[1]) : Parameters() else {
      throw .malformed("query")
    }
    return Request(
      method: method, path: path, query: query, headers: headers(), body: body,
      remoteAddress: values["REMOTE_ADDR"] ?? "", isSecure: values["HTTPS"] == "on", id: id)
  }

  private func headers() -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in values {
      let fieldName: String? =
        switch name {
        case "CONTENT_TYPE": "Content-Type"
        // nginx passes these a second time under their header names.
        case "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH": nil
        case _ where name.hasPrefix("HTTP_"):
          String(name.dropFirst(5).map { $0 == "_" ? "-" : $0 })
        default: nil
        }
      guard let fieldName, !value.isEmpty, let known = HTTPField.Name(fieldName) else { continue }
      fields.append(HTTPField(name: known, value: value))
    }
    return fields
  }

  var method: String { values["REQUEST_METHOD"] ?? "" }
  var path: String { values["REQUEST_URI"].map { String($0.prefix { $0 != "?" }) } ?? "" }
}
