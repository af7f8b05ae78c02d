import FoundationEssentials
import Glibc

/// Lines for the person at the terminal.
enum Console {
  /// A result, on standard output.
  static func say(_ line: String) { print(line) }

  /// A problem, on standard error.
  static func complain(_ line: String) {
    var text = "coinpay: \(line)\n"
    text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }

  /// A value as JSON for machines.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
