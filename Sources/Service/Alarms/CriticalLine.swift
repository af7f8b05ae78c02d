import HTTP

/// A line of a log of ours: moment and level, the message, fields.
enum CriticalLine {
  private struct Object: Decodable { let message: String }
  private static let depthLevelsMax = 4
  private static let level = Array("Z critical".utf8)

  /// Its message, which is the same from one occurrence to the next.
  static func message(of line: String) -> String {
    let object =
      line.hasPrefix("{")
      ? JSON.decode(Object.self, from: Array(line.utf8), depthLevelsMax: depthLevelsMax) : nil
    let message = object?.message ?? withoutHeadAndFields(line)
    let isBlank = message.unicodeScalars.allSatisfy {
      $0.properties.isWhitespace || $0.properties.generalCategory == .control
    }
    return isBlank ? JournalLook.unreadable : message
  }

  static func oneLine(_ line: String) -> String {
    String(
      String.UnicodeScalarView(line.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
  }

  /// Moment and level stand in front, fields behind.
  private static func withoutHeadAndFields(_ line: String) -> String {
    let bytes = oneLine(line).utf8
    let moment = bytes.prefix { isOfMoment($0) }
    var rest = bytes[...]
    if !moment.isEmpty, bytes[moment.endIndex...].starts(with: level) {
      let behind = bytes[moment.endIndex...].dropFirst(level.count)
      if behind.first ?? 0x20 == 0x20 { rest = behind.dropFirst() }
    }
    var start = rest.startIndex
    while let space = rest[start...].firstIndex(of: 0x20) {
      start = rest.index(after: space)
      let name = rest[start...].prefix { (0x61...0x7A).contains($0) || $0 == 0x5F }
      if !name.isEmpty, rest[name.endIndex...].first == UInt8(ascii: "=") {
        return String(decoding: rest[..<space], as: UTF8.self)
      }
    }
    return String(decoding: rest, as: UTF8.self)
  }

  private static func isOfMoment(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || "T:.-".utf8.contains(byte)
  }
}
