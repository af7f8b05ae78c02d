import Glibc

/// Looks at the beginning of a request before libfcgi reads it.
///
/// libfcgi allocates whatever length a parameter claims to have, and ends the process when there is not
/// that much memory. Here the records up to the end of the parameters are read without being taken from the
/// connection (`SO_PEEK_OFF`, socket(7)), so that only sound ones reach it.
///
/// Records are described in the FastCGI specification 1.0, section 3. A web server sends one
/// `BEGIN_REQUEST` and then `PARAMS`; anything else before their end is refused.
struct HeadCheck: ~Copyable {
  private static let pieceBytes = 8 * 1024
  private static let version: UInt8 = 1
  private static let beginRequest: UInt8 = 1
  private static let params: UInt8 = 4
  private static let recordHeaderBytes = 8

  private let connection: Int32
  private let bytesMax: Int
  private var seen: [UInt8] = []
  private var position = 0

  /// - Parameter bytesMax: most bytes of records up to the end of the parameters.
  /// - Returns: whether the connection holds a request whose parameters have the lengths they claim.
  static func isSound(_ connection: Int32, bytesMax: Int) -> Bool {
    guard setPeekOffset(connection, 0) else { return false }
    var check = HeadCheck(connection: connection, bytesMax: bytesMax)
    let isSound = check.isHeadSound()
    return setPeekOffset(connection, -1) && isSound
  }

  private init(connection: Int32, bytesMax: Int) {
    self.connection = connection
    self.bytesMax = bytesMax
  }

  private mutating func isHeadSound() -> Bool {
    guard let begin = record(), begin.type == Self.beginRequest, begin.id != 0 else { return false }
    var parameters: [UInt8] = []
    while true {
      guard let record = record(), record.type == Self.params, record.id == begin.id else {
        return false
      }
      if record.content.isEmpty { return Self.arePairsWhole(parameters) }
      parameters += record.content
    }
  }

  private mutating func record() -> (type: UInt8, id: Int, content: ArraySlice<UInt8>)? {
    guard let header = take(Self.recordHeaderBytes).map(Array.init), header[0] == Self.version,
      let content = take(Int(header[4]) << 8 | Int(header[5])), take(Int(header[6])) != nil
    else { return nil }
    return (header[1], Int(header[2]) << 8 | Int(header[3]), content)
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    let end = position + count
    if end > bytesMax { return nil }
    while seen.count < end {
      var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
      let got = unsafe recv(connection, &piece, piece.count, Int32(MSG_PEEK))
      // A process that was stopped and goes on sees this too, since the socket has a time-out: signal(7).
      if got < 0 && errno == EINTR { continue }
      if got <= 0 { return nil }
      seen += piece.prefix(got)
    }
    defer { position = end }
    return seen[position..<end]
  }

  /// Whether the bytes are nothing but pairs of a name and a value with their lengths in front.
  private static func arePairsWhole(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let name = length(&rest), let value = length(&rest), rest.count >= name + value else {
        return false
      }
      rest = rest.dropFirst(name + value)
    }
    return true
  }

  /// A length of one byte, or of four with the highest bit set.
  private static func length(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard let first = rest.popFirst() else { return nil }
    if first < 0x80 { return Int(first) }
    guard rest.count >= 3 else { return nil }
    let length = rest.prefix(3).reduce(Int(first & 0x7F)) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(3)
    return length
  }

  private static func setPeekOffset(_ connection: Int32, _ offset: Int32) -> Bool {
    var offset = offset
    let length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe setsockopt(connection, SOL_SOCKET, SO_PEEK_OFF, &offset, length) == 0
  }
}
