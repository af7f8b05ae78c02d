import FoundationEssentials
public import Logging
public import Vocabulary

/// Writes one line an event: moment, level, message and fields by name, as text or JSON.
///
/// Personal data and secrets in what comes from outside are masked; see `Masking`.
public struct LineLogHandler: LogHandler {
  public enum Format: String, CaseIterable, Sendable {
    case text
    case json
  }

  /// Longest message or value, in characters.
  public static let textCharactersMax = 2_000

  private let format: Format
  private let clock: WallClock
  private let write: @Sendable (Priority, String) -> Void
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]

  private typealias Field = (name: String, value: String)

  /// - Parameter write: takes a line without its end.
  public init(
    format: Format, level: Logger.Level, clock: WallClock,
    write: @escaping @Sendable (Priority, String) -> Void
  ) {
    self.format = format
    self.clock = clock
    self.write = write
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata.merging(event.metadata ?? [:]) { $1 }
    if let id = CallScope.requestID, all[LogField.requestID.rawValue] == nil {
      all[LogField.requestID.rawValue] = "\(id)"
    }
    let fields = all.map { (name: $0.key, value: LineLogHandler.value($0.key, "\($0.value)")) }
      .sorted { $0.name < $1.name }
    let message = LineLogHandler.clean("\(event.message)")
    let line =
      switch format {
      case .text: text(event.level, message, fields)
      case .json: json(event.level, message, fields)
      }
    write(Priority(event.level), line)
  }

  private func text(_ level: Logger.Level, _ message: String, _ fields: [Field]) -> String {
    let rest = fields.map { " \($0.name)=\(LineLogHandler.quoted($0.value))" }.joined()
    return "\(clock.now()) \(level) \(message)\(rest)"
  }

  private func json(_ level: Logger.Level, _ message: String, _ fields: [Field]) -> String {
    var object: [String: String] = [:]
    for field in fields { object[field.name] = field.value }
    // No field takes the place of these.
    object["time"] = clock.now().description
    object["level"] = level.rawValue
    object["message"] = message
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(object) else { return message }
    return String(decoding: data, as: UTF8.self)
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = !value.isEmpty && value.isGraphicASCII && !value.utf8.contains(UInt8(ascii: "\""))
    guard !isPlain else { return value }
    // A mark after a quote makes both another character, and the quote would stay a quote.
    let escaped = value.unicodeScalars.map { scalar in
      scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : String(scalar)
    }.joined()
    return "\"\(escaped)\""
  }

  /// An anchor is a word of our own that has to be read back as it is: its numbers are nobody's card.
  private static func value(_ name: String, _ text: String) -> String {
    name == LogField.anchor.rawValue ? oneLine(text) : clean(text)
  }

  private static func clean(_ text: String) -> String {
    Masking.mask(oneLine(String(text.unicodeScalars.prefix(textCharactersMax))))
  }

  /// Nothing from outside can begin a line of its own, move a cursor or turn the direction of text.
  private static func oneLine(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    if isPlain { return text }
    let scalars = text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: " " as Unicode.Scalar
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
