public import HTTPTypes

/// The cookies that a client sent (RFC 6265, section 4.2).
public struct Cookies: Sendable, Equatable {
  /// Most cookies that are looked at; the rest is ignored.
  public static let cookiesMax = 64

  private let values: [String: String]

  /// Reads all `Cookie` headers. Of two cookies with one name the first counts, which is the one with
  /// the more specific path.
  public init(_ headers: HTTPFields) {
    var values: [String: String] = [:]
    for header in headers[values: .cookie] {
      for pair in header.split(separator: ";") where values.count < Self.cookiesMax {
        guard let equals = pair.firstIndex(of: "=") else { continue }
        let name = String(pair[..<equals].trimmed)
        if name.isEmpty || values[name] != nil { continue }
        values[name] = String(pair[equals...].dropFirst().trimmed)
      }
    }
    self.values = values
  }

  /// The value of the cookie of that name.
  public subscript(_ name: String) -> String? { values[name] }
}

/// A cookie to be kept by the client (RFC 6265, section 4.1).
public struct SetCookie: Sendable, Equatable {
  /// When the client sends the cookie along with requests from other sites.
  public enum SameSite: String, Sendable {
    case strict = "Strict"
    case lax = "Lax"
    case none = "None"
  }

  /// The value of the `Set-Cookie` header.
  public let headerValue: String

  /// - Parameters:
  ///   - name: a token of RFC 9110.
  ///   - value: visible ASCII without `"`, `,`, `;` and `\`.
  ///   - path: begins with `/`; visible ASCII without `;`.
  ///   - maxAgeSeconds: how long the client keeps it; nil until the browser closes, 0 deletes it.
  /// - Returns: nil when name, value or path could be read as something else.
  public init?(
    name: String, value: String, path: String = "/", maxAgeSeconds: Int? = nil,
    isSecure: Bool, isHTTPOnly: Bool = true, sameSite: SameSite = .lax
  ) {
    guard HTTPField.Name(name) != nil, !name.hasPrefix(":"),
      value.utf8.allSatisfy(isCookieOctet),
      path.hasPrefix("/"),
      path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ";") })
    else { return nil }
    var text = "\(name)=\(value); Path=\(path)"
    if let maxAgeSeconds { text += "; Max-Age=\(max(0, maxAgeSeconds))" }
    if isSecure { text += "; Secure" }
    if isHTTPOnly { text += "; HttpOnly" }
    headerValue = text + "; SameSite=\(sameSite.rawValue)"
  }
}

private func isCookieOctet(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): false
  default: (0x21...0x7E).contains(byte)
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  var trimmed: Substring {
    var rest = self
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
