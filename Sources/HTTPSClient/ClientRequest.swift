/// A request to a provider.
public struct ClientRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  public let method: Method
  public let url: String
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]
  /// Whether its signature holds a number that the other side must see only once.
  public let isSignedForOneUse: Bool

  public init(
    method: Method, url: String, headers: [(name: String, value: String)], body: [UInt8] = [],
    isSignedForOneUse: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.isSignedForOneUse = isSignedForOneUse
  }

  /// Whether the other side takes a second copy and does no more for two of it than for one (RFC 9110,
  /// section 9.2.2).
  var mayBeRepeated: Bool {
    guard !isSignedForOneUse else { return false }
    return method == .get || headers.contains { $0.name.lowercased() == "idempotency-key" }
  }

  /// For reports: a query may hold what is nobody's business.
  var addressWithoutQuery: String { String(url.prefix { $0 != "?" && $0 != "#" }) }

  /// Why the request must not be sent; nil when it may.
  /// - Parameter allowsPlainHTTP: also to other machines.
  func problem(allowsPlainHTTP: Bool) -> String? {
    if !url.hasPrefix("https://"), !isLoopback, !(allowsPlainHTTP && url.hasPrefix("http://")) {
      return "only https is allowed"
    }
    let texts = headers.flatMap { [$0.name, $0.value] } + [url]
    let isClean = texts.allSatisfy { text in text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    return isClean ? nil : "a header or the address holds control characters"
  }

  /// Plain http stays on this machine: for tests and side-cars.
  private var isLoopback: Bool {
    guard url.hasPrefix("http://") else { return false }
    let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else { return false }
    if authority.hasPrefix("[::1]") { return true }
    let host = authority.prefix { $0 != ":" }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return host == "localhost"
      || (octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil })
  }
}

/// A provider's answer, of whatever status.
public struct ClientResponse: Sendable {
  public let status: Int
  public let body: [UInt8]
  let headers: [(name: String, value: String)]

  /// The first header of a name, whatever its case.
  public subscript(header name: String) -> String? {
    headers.first { $0.name == name.lowercased() }?.value
  }
}
