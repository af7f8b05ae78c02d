import HTTP

/// An entry of the journal, as `journalctl --output=json` prints it on one line.
struct JournalEntry: Decodable {
  /// Where it stands in the journal.
  let cursor: String
  /// nil: it has none. Empty when nothing of it can be read.
  let message: String?
  /// These two are noted by the journal itself, whatever the writer of a line says.
  let unit: String?
  let account: String?

  /// A message of bytes is a list of numbers, one level below the members.
  private static let depthLevelsMax = 4

  private enum CodingKeys: String, CodingKey {
    case cursor = "__CURSOR"
    case message = "MESSAGE"
    case unit = "_SYSTEMD_UNIT"
    case account = "_UID"
  }

  /// - Returns: nil for a line that is no entry.
  init?(line: [UInt8]) {
    let entry = JSON.decode(
      JournalEntry.self, from: line, depthLevelsMax: JournalEntry.depthLevelsMax)
    guard let entry else { return nil }
    self = entry
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    cursor = try members.decode(String.self, forKey: .cursor)
    message =
      members.contains(.message)
      ? (try? members.decode(Value.self, forKey: .message))?.text ?? "" : nil
    unit = try? members.decode(String.self, forKey: .unit)
    account = try? members.decode(String.self, forKey: .account)
  }

  /// Source: systemd.io, "Journal JSON format": a text; a list of bytes for what is no printable text; null for what is
  /// too long; a list of these for a member that was given more than once.
  private struct Value: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self.text = text
      } else if let bytes = try? value.decode([UInt8].self) {
        text = String(decoding: bytes, as: UTF8.self)
      } else {
        text = try value.decode([Value].self).map(\.text).joined(separator: " ")
      }
    }
  }
}
