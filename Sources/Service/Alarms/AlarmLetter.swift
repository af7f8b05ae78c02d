import HTTP

/// A message that waits to be sent to one target, as a file of the outbox: target, key and subject on a line each, then
/// the text.
struct AlarmLetter: Hashable {
  let target: String
  let message: AlarmRule.Message

  init(to target: String, _ message: AlarmRule.Message) {
    self.target = target
    self.message = message
  }

  /// Told in place of a subject that was cut off.
  static let lost = "an alarm whose file was cut off"

  /// - Returns: nil for a file that was cut before the end of its first line.
  init?(file: String) {
    let lines = file.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count > 1, !lines[0].isEmpty else { return nil }
    let isWhole = lines.count == 4
    target = String(lines[0])
    message = AlarmRule.Message(
      key: isWhole ? String(lines[1]) : AlarmLetter.lost,
      subject: isWhole ? String(lines[2]) : AlarmLetter.lost,
      text: isWhole
        ? String(lines[3].reversed().drop { $0 == "\n" }.reversed())
        : lines.dropFirst().joined(separator: "\n"))
  }

  var file: String { "\(target)\n\(message.key)\n\(message.subject)\n\(message.text)\n" }

  var isForAddress: Bool { target.hasPrefix("https://") || target.hasPrefix("http://") }

  // MARK: What is sent

  private struct Body: Encodable {
    let host: String
    let alarm: String
    let subject: String
    let text: String
  }

  func json(host: String) -> [UInt8] {
    JSON.encode(
      Body(host: host, alarm: message.key, subject: message.subject, text: message.text)) ?? []
  }

  func mail(host: String) -> [UInt8] {
    let head = [
      "To: \(Alarm.line(target))", "Subject: [CoinPay \(host)] \(Alarm.line(message.subject))",
      "Content-Type: text/plain; charset=utf-8",
    ]
    let lines = message.text.unicodeScalars.split(
      separator: "\n", omittingEmptySubsequences: false)
    let body = lines.flatMap { AlarmLetter.folded($0) }
    return Array((head + [""] + body).joined(separator: "\n").utf8) + [0x0A]
  }

  /// Some mail servers refuse a line of 1,000 bytes (RFC 5321, section 4.5.3.1.6).
  private static let lineBytesMax = 900

  private static func folded(_ line: Substring.UnicodeScalarView) -> [String] {
    var lines: [String] = []
    var (part, bytes) = (String.UnicodeScalarView(), 0)
    for scalar in line {
      let width = UTF8.width(scalar)
      if bytes + width > lineBytesMax {
        lines.append(String(part))
        (part, bytes) = (String.UnicodeScalarView(), 0)
      }
      part.append(scalar)
      bytes += width
    }
    return lines + [String(part)]
  }
}
