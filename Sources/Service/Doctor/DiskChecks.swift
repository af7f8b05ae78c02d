/// Room for data, backups and logs.
enum DiskChecks {
  private static let failureBytes: Int64 = 512 * 1024 * 1024
  private static let warningBytes: Int64 = 2 * 1024 * 1024 * 1024
  private static let failurePercent: Int64 = 3
  private static let warningPercent: Int64 = 10

  static func findings(_ facts: MachineFacts?) -> [Finding] {
    let names = facts?.names(after: "disk_") ?? []
    guard let facts, !names.isEmpty else {
      return [.skipped(.disk, "space", MachineFacts.absence)]
    }
    return names.compactMap { name in facts.words("disk_\(name)").flatMap { finding(name, $0) } }
  }

  /// - Parameter words: path, free bytes, free percent of the space, free percent of the inodes; a file
  ///   system without inodes has `-`.
  private static func finding(_ name: String, _ words: [String]) -> Finding? {
    guard words.count == 4, let bytes = Int64(words[1]), let percent = Int64(words[2]) else {
      return nil
    }
    let inodes = Int64(words[3]) ?? 100
    let text =
      "\(words[0]): \(bytes / (1024 * 1024)) MiB free (\(percent) %), inodes \(inodes) % free"
    let action = "df -h \(words[0]); df -i \(words[0]); make room: the shop stops when it is full"
    if bytes < failureBytes || percent < failurePercent || inodes < failurePercent {
      return .failure(.disk, name, text, do: action)
    }
    if bytes < warningBytes || percent < warningPercent || inodes < warningPercent {
      return .warning(.disk, name, text, do: action)
    }
    return .ok(.disk, name, text)
  }
}
