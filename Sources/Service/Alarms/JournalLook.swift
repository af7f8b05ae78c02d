import Vocabulary

/// One look at the critical lines of the journal: what of them is ours becomes one alarm for each message.
struct JournalLook {
  /// Where the look ended; nil when it saw nothing.
  private(set) var cursor: String?

  private let account: String
  private var seen: Set<String>
  /// In the order in which each message came first.
  private var messages: [String] = []
  private var groups: [String: (lines: [String], bytes: Int, count: Int)] = [:]

  /// Told about a line that says nothing by which it could be told.
  static let unreadable = "a critical line that cannot be read"
  private static let unitPrefix = "coinpay"
  /// Of a line that is no entry.
  private static let oddBytesMax = 1_024

  /// - Parameters:
  ///   - told: where the last look ended, whose last entry may be seen once more.
  ///   - account: the number of our account, from which commands of operators write outside our units.
  init(after told: String?, account: String) {
    seen = told.map { [$0] } ?? []
    self.account = account
  }

  /// One message each, with all of its lines.
  var alarms: [Alarm] {
    messages.compactMap { message in
      groups[message].map {
        Alarm(
          key: message, subject: message, text: $0.lines.joined(separator: "\n"), count: $0.count)
      }
    }
  }

  mutating func add(_ line: [UInt8]) {
    guard let entry = JournalEntry(line: line) else {
      // It passed the filter of the journal, so it is from root or from us.
      let odd = String(decoding: line.prefix(JournalLook.oddBytesMax), as: UTF8.self)
      if line.contains(where: { $0 > 0x20 }) { tell(JournalLook.unreadable, odd) }
      return
    }
    cursor = entry.cursor
    guard seen.insert(entry.cursor).inserted, let message = entry.message, isOurs(entry) else {
      return
    }
    tell(Alarm.line(CriticalLine.message(of: message)), message)
  }

  /// Takes only the place of an entry: it was there before the first look.
  mutating func pass(_ line: [UInt8]) {
    if let entry = JournalEntry(line: line) { cursor = entry.cursor }
  }

  /// Any account of the machine may write a line as `coinpay`: units of such a name are made by root only.
  private func isOurs(_ entry: JournalEntry) -> Bool {
    entry.unit?.hasPrefix(JournalLook.unitPrefix) == true || entry.account == account
  }

  private mutating func tell(_ message: String, _ line: String) {
    var group = groups[message] ?? ([], 0, 0)
    if group.count == 0 { messages.append(message) }
    group.count += 1
    if group.bytes < Alarm.textLimit.max {
      let text = Alarm.textLimit.cut(CriticalLine.oneLine(line))
      group.lines.append(text)
      group.bytes += text.utf8.count + 1
    }
    groups[message] = group
  }
}
