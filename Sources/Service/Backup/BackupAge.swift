import Vocabulary

/// Which backups are past their days.
enum BackupAge {
  static let daysBounds = 1...9_999
  static let daysStandard = 14

  private static let setLength = "20260131T020000Z".utf8.count
  private static let configurationPrefix = "configuration-"
  private static let configurationSuffix = ".tar.gz"

  /// The names of sets among those of a folder, the oldest first.
  static func sets(_ names: [String]) -> [String] {
    names.filter { $0.utf8.count == setLength && isMoment($0[...]) }.sorted()
  }

  /// The configurations that `coinpay deploy` kept, the oldest first.
  static func configurations(_ names: [String]) -> [String] {
    names.filter {
      $0.hasPrefix(configurationPrefix) && $0.hasSuffix(configurationSuffix)
        && isMoment($0.dropFirst(configurationPrefix.count).prefix(setLength))
    }.sorted()
  }

  /// Those of a kind that may go, the oldest first; never the newest.
  /// - Parameter names: of one kind, the oldest first.
  static func old(_ names: [String], days: Int, now: Timestamp) -> [String] {
    let oldest = moment(Timestamp(unixSeconds: now.unixSeconds - Int64(days) * 86_400))
    return names.dropLast().filter { name in
      let isConfiguration = name.hasPrefix(configurationPrefix)
      return String(isConfiguration ? name.dropFirst(configurationPrefix.count) : name[...])
        .prefix(setLength) < oldest
    }
  }

  /// As sets are named.
  static func moment(_ moment: Timestamp) -> String {
    let time = CalendarTime(moment, offsetSeconds: 0)
    return "\(time.compactDate)T\(time.clock.filter { $0 != ":" })Z"
  }

  private static func isMoment(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == setLength, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z")
    else { return false }
    return (bytes[..<8] + bytes[9..<15]).allSatisfy { (0x30...0x39).contains($0) }
  }
}
