import FoundationEssentials
import Glibc

/// Lines for the person at the terminal.
enum Console {
  /// A result, on standard output.
  static func say(_ line: String) { print(line) }

  /// A result for programs, on standard output.
  static func sayJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    say(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A problem, on standard error.
  static func complain(_ line: String) {
    var text = "coinpay: \(line)\n"
    text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
