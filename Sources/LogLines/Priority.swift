public import Logging

/// The syslog priority of a line, by which the journal is filtered: `journalctl -p err`.
///
/// Source: sd-daemon(3), syslog(3).
public enum Priority: Int, Sendable {
  case critical = 2
  case error = 3
  case warning = 4
  case notice = 5
  case information = 6
  case debug = 7

  public init(_ level: Logger.Level) {
    self =
      switch level {
      case .critical: .critical
      case .error: .error
      case .warning: .warning
      case .notice: .notice
      case .info: .information
      case .debug, .trace: .debug
      }
  }

  /// What a line begins with for the journal, which takes it off again.
  public var prefix: String { "<\(rawValue)>" }
}
