/// What a request line asks for: a path and a query (RFC 9112, section 3.2.1, origin form).
public struct RequestTarget: Sendable, Equatable {
  /// The path, percent-decoded once. It begins with `/`.
  public let path: String
  public let query: QueryParameters

  /// - Parameter text: as it stands in the request line, for example `/coin/pay/COIN_1?x=1`.
  /// - Returns: nil unless it begins with `/` and decodes to valid UTF-8 without a NUL.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    let mark = text.firstIndex(of: "?") ?? text.endIndex
    guard let path = PercentCoding.decode(text[..<mark].utf8, plusIsSpace: false),
      let query = QueryParameters(text[mark...].dropFirst())
    else { return nil }
    self.path = path
    self.query = query
  }
}
