import Glibc

/// What the loopback server was sent.
public struct ReceivedRequest: Sendable {
  public let line: String
  public let headers: [String: String]
  public let body: [UInt8]

  /// Nil when the connection ended before a whole request.
  init?(from connection: Int32) {
    var head: [UInt8] = []
    while !head.hasSuffix("\r\n\r\n") {
      guard let byte = receive(1, from: connection) else { return nil }
      head += byte
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    guard let line = lines.first else { return nil }
    self.line = String(line)
    var headers: [String: String] = [:]
    for field in lines.dropFirst() {
      let parts = field.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    self.headers = headers
    guard let body = receive(headers["content-length"].flatMap { Int($0) } ?? 0, from: connection)
    else { return nil }
    self.body = body
  }
}

private func receive(_ count: Int, from connection: Int32) -> [UInt8]? {
  var bytes: [UInt8] = []
  while bytes.count < count {
    var piece = [UInt8](repeating: 0, count: count - bytes.count)
    let got = unsafe recv(connection, &piece, piece.count, 0)
    if got <= 0 { return nil }
    bytes += piece.prefix(got)
  }
  return bytes
}

extension [UInt8] {
  fileprivate func hasSuffix(_ text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }

  /// A whole HTTP/1.1 answer.
  public static func answer(
    _ status: String = "200 OK", headers: [String] = [], _ body: [UInt8] = []
  ) -> [UInt8] {
    let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)", "", ""]
    return Array(lines.joined(separator: "\r\n").utf8) + body
  }

  public static func answer(headers: [String] = [], _ body: [UInt8]) -> [UInt8] {
    answer("200 OK", headers: headers, body)
  }
}
