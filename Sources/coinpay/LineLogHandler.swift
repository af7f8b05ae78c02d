import FoundationEssentials
import Glibc
import Logging
import Vocabulary

/// Writes one line an event to standard error, which journald or the development script keeps.
struct LineLogHandler: LogHandler {
  enum Format: String, CaseIterable, Sendable {
    case text
    case json
  }

  let label: String
  let format: Format
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }
      .map { (name: $0.key, value: "\($0.value)") }.sorted { $0.name < $1.name }
    let moment = SystemTime.now()
    let line =
      switch format {
      case .text: text(moment, event.level, "\(event.message)", fields)
      case .json: json(moment, event.level, "\(event.message)", fields)
      }
    // One write for the whole line, so that lines of several threads never mix.
    var bytes = line + "\n"
    bytes.withUTF8 { buffer in _ = unsafe write(STDERR_FILENO, buffer.baseAddress, buffer.count) }
  }

  private func text(
    _ moment: Timestamp, _ level: Logger.Level, _ message: String,
    _ fields: [(name: String, value: String)]
  ) -> String {
    let rest = fields.map { " \($0.name)=\(LineLogHandler.quoted($0.value))" }.joined()
    return "\(moment) \(level) \(LineLogHandler.oneLine(message))\(rest)"
  }

  private func json(
    _ moment: Timestamp, _ level: Logger.Level, _ message: String,
    _ fields: [(name: String, value: String)]
  ) -> String {
    var object = ["time": moment.description, "level": level.rawValue, "message": message]
    for field in fields { object[field.name] = field.value }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(object) else { return message }
    return String(decoding: data, as: UTF8.self)
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
    guard !isPlain else { return value }
    let escaped = oneLine(value).map { $0 == "\"" ? "\\\"" : String($0) }.joined()
    return "\"\(escaped)\""
  }

  /// Nothing from outside can begin a line of its own.
  private static func oneLine(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}
