import Crypto
import Vocabulary

/// Something that the operator is told about.
struct Alarm: Hashable {
  /// What the same thing is called when it happens again.
  let key: String
  /// One line about it.
  let subject: String
  let text: String
  /// How often it happened.
  let count: Int

  /// As much of a text as is told.
  static let textLimit = TextLimit(16_384, .utf8Bytes)
  /// Mail servers refuse a line of 1,000 bytes (RFC 5321, section 4.5.3.1.6).
  static let subjectLimit = TextLimit(250, .utf8Bytes)

  init(key: String, subject: String, text: String, count: Int = 1) {
    self.key = Alarm.line(key)
    self.subject = Alarm.line(subject)
    self.text = Alarm.textLimit.cut(text)
    self.count = max(1, count)
  }

  /// A text as one line that can stand in the head of a mail.
  static func line(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    return subjectLimit.cut(String(String.UnicodeScalarView(scalars)))
  }

  // MARK: The file in which an alarm is remembered

  private static let nameBytesMax = 150
  private static let hashBytes = 8

  /// The name of the file of a key. Keys that no file can be called by differ by a part of their digest.
  static func fileName(ofKey key: String) -> String {
    let bytes = Array(key.utf8)
    let plain = bytes.map { isPlain($0) ? $0 : UInt8(ascii: "-") }
    if plain == bytes, !bytes.isEmpty, bytes.count <= nameBytesMax, !key.hasPrefix("."),
      !key.hasSuffix(SmallFile.newSuffix)
    {
      return key
    }
    let digest = Hex.encode(Array(SHA256.digest(bytes).prefix(hashBytes)))
    let beginning = plain.drop { $0 == UInt8(ascii: ".") }.prefix(
      nameBytesMax - 1 - digest.utf8.count)
    return String(decoding: beginning, as: UTF8.self) + "-" + digest
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "@._-".utf8.contains(byte)
    }
  }
}
