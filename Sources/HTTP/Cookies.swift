/// The cookies of a request (RFC 6265, section 4.2).
public struct Cookies: Sendable {
  private let pairs: [(name: Substring, value: Substring)]

  init(_ headers: [String]) {
    pairs = headers.flatMap { header in
      header.split(separator: ";").compactMap { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (parts[0].trimmingSpaces, parts[1].trimmingSpaces)
      }
    }
  }

  /// The first value of a name.
  public subscript(name: String) -> String? {
    pairs.first { $0.name == name }.map { String($0.value) }
  }
}

/// A cookie of ours: for the whole site, out of reach of scripts, not sent by other sites' forms.
public struct SetCookie: Sendable {
  /// The value of a `Set-Cookie` header.
  public let headerValue: String

  /// - Parameters:
  ///   - maxAgeSeconds: 0 removes the cookie.
  ///   - isSecure: whether browsers send it over https only.
  /// - Returns: nil when `name` or `value` holds anything but letters, digits and `-._`.
  public init?(name: String, value: String, maxAgeSeconds: Int, isSecure: Bool) {
    guard !name.isEmpty, (name + value).utf8.allSatisfy(SetCookie.isPlain) else { return nil }
    let secure = isSecure ? "; Secure" : ""
    headerValue =
      "\(name)=\(value); Path=/; Max-Age=\(maxAgeSeconds); HttpOnly; SameSite=Lax\(secure)"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
