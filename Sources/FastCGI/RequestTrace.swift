/// What is known of a request before it is parsed: enough to know it again.
public struct RequestTrace: Hashable, Sendable {
  public let address: String
  public let method: String
  /// As it stands in the request line, without the query.
  public let path: String
  /// As the client gave it; -1 for what is no number.
  public let bodyBytes: Int64

  static let addressBytesMax = 64
  static let methodBytesMax = 16
  static let pathBytesMax = 400

  /// Cuts what is longer than it may be and replaces what could end a line.
  init(address: String, method: String, path: String, bodyBytes: Int64) {
    self.address = RequestTrace.plain(address, RequestTrace.addressBytesMax)
    self.method = RequestTrace.plain(method, RequestTrace.methodBytesMax)
    self.path = RequestTrace.plain(path, RequestTrace.pathBytesMax)
    self.bodyBytes = bodyBytes
  }

  init(_ variables: CGIVariables) {
    let target = variables["REQUEST_URI"] ?? "-"
    let length = variables["CONTENT_LENGTH"] ?? ""
    self.init(
      address: variables["REMOTE_ADDR"] ?? "-", method: variables["REQUEST_METHOD"] ?? "-",
      path: String(target.prefix { $0 != "?" }),
      bodyBytes: length.isEmpty ? 0 : Int64(length) ?? -1)
  }

  private static func plain(_ text: String, _ bytesMax: Int) -> String {
    String(
      decoding: text.utf8.prefix(bytesMax).map {
        (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?")
      }, as: UTF8.self)
  }
}
