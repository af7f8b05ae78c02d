import HTTP
import LogLines

/// Lines for the person at the terminal.
enum Console {
  /// A result, on standard output.
  static func say(_ line: String) { print(TerminalText.shown(line)) }

  /// A result for programs, on standard output.
  static func sayJSON(_ value: some Encodable) {
    let text = String(decoding: JSON.encode(value, isIndented: true) ?? [], as: UTF8.self)
    print(TerminalText.shownJSON(text))
  }

  /// A table for programs, on standard output: its lines end as RFC 4180 says.
  static func sayCSV(_ text: String) {
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    print(lines.map { TerminalText.shown(String($0)) }.joined(separator: "\r\n"), terminator: "")
  }

  /// How far a long work has come, on standard error.
  static func tell(_ line: String) {
    StandardError.write(.information, "coinpay: \(TerminalText.shown(line))")
  }

  /// `1 order`, `2 orders`.
  static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// A problem, on standard error.
  static func complain(_ line: String) {
    StandardError.write(.error, "coinpay: \(TerminalText.shown(line))")
  }
}
