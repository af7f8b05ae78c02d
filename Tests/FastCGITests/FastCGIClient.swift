import Glibc

/// The web server's side of FastCGI, byte by byte, so that a test can also get it wrong.
struct FastCGIClient: ~Copyable {
  struct Answer: Equatable {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Unreachable: Error {
    let code: Int32
  }

  private static let silenceSecondsMax = 30
  private let descriptor: Int32

  init(path: String) throws(Unreachable) {
    descriptor = try Self.connected(to: path)
  }

  /// Apart from `init`: a value that is whole before `init` throws is destroyed by `deinit`, and the
  /// descriptor, closed twice, may be another thread's by then.
  private static func connected(to path: String) throws(Unreachable) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    // Seconds and microseconds, as in `timeval`, whose members not every build finds by Glibc alone.
    var limit: (Int, Int) = (silenceSecondsMax, 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<(Int, Int)>.size))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe connect(
        descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
        socklen_t(MemoryLayout<sockaddr_un>.size))
    }
    if result != 0 {
      let code = errno
      close(descriptor)
      throw Unreachable(code: code)
    }
    return descriptor
  }

  deinit { close(descriptor) }

  /// Sends all bytes, or as many as the other side takes.
  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Says that nothing more will be sent, and still reads.
  func endSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Reads up to the end of the request.
  /// - Returns: nil when the connection ended without one.
  func answer() -> Answer? {
    var output: [UInt8] = []
    while let header = receive(8) {
      guard let content = receive(Int(header[4]) << 8 | Int(header[5])),
        receive(Int(header[6])) != nil
      else { return nil }
      if header[1] == Record.stdout { output += content }
      if header[1] == Record.endRequest { return Self.parse(output) }
    }
    return nil
  }

  private func receive(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var piece = [UInt8](repeating: 0, count: count - bytes.count)
      let got = unsafe recv(descriptor, &piece, piece.count, 0)
      if got < 0 && errno == EINTR { continue }
      if got <= 0 { return nil }
      bytes += piece.prefix(got)
    }
    return bytes
  }

  private static func parse(_ output: [UInt8]) -> Answer? {
    let text = String(decoding: output, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    var answer = Answer()
    var headBytes = 0
    for line in lines {
      headBytes += line.utf8.count + 2
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let name = line[..<colon].lowercased()
      let value = String(line[colon...].dropFirst(2))
      if name == "status" {
        answer.status = Int(value.prefix(3)) ?? 0
      } else {
        answer.headers[name] = value
      }
    }
    answer.body = Array(output.dropFirst(headBytes))
    return answer
  }
}

/// The records of a request (FastCGI specification 1.0, section 3).
enum Record {
  static let endRequest: UInt8 = 3
  static let params: UInt8 = 4
  static let stdin: UInt8 = 5
  static let stdout: UInt8 = 6

  static let begin: [UInt8] = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]

  /// Records of one type, as many as the content needs.
  static func of(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    stride(from: 0, to: content.count, by: 65_535).flatMap { start -> [UInt8] in
      let part = content[start..<min(content.count, start + 65_535)]
      return [1, type, 0, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF), 0, 0] + part
    }
  }

  /// The record that ends a stream.
  static func end(_ type: UInt8) -> [UInt8] { [1, type, 0, 1, 0, 0, 0, 0] }

  static func pair(_ name: String, _ value: String) -> [UInt8] {
    length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
  }

  private static func length(_ count: Int) -> [UInt8] {
    if count < 128 { return [UInt8(count)] }
    return [
      UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
      UInt8(count & 0xFF),
    ]
  }

  /// A whole request. `variables` replace the usual ones of the same name; an empty list takes one away.
  static func request(
    _ method: String = "GET", _ uri: String = "/", body: [UInt8] = [],
    contentLength: String? = nil, variables: [String: [String]] = [:]
  ) -> [UInt8] {
    var all: [String: [String]] = [
      "REQUEST_METHOD": [method], "REQUEST_URI": [uri], "REMOTE_ADDR": ["192.0.2.1"],
      "CONTENT_LENGTH": [contentLength ?? (body.isEmpty ? "" : String(body.count))],
      "HTTP_HOST": ["localhost"],
    ]
    all.merge(variables) { _, new in new }
    let content = all.flatMap { name, values in values.flatMap { pair(name, $0) } }
    return begin + of(params, content) + end(params) + of(stdin, body) + end(stdin)
  }
}
