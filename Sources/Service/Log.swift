import LogLines
import Logging

/// A command that runs as a service or a duty: its standard error is its log.
protocol LogsToStandardError {}

/// Where the lines of this process go. Chosen once, before the first line.
enum Log {
  static func toStandardError(_ settings: Settings) -> Logger {
    let (format, level) = (settings.logFormat, settings.logLevel)
    LoggingSystem.bootstrap { _ in
      LineLogHandler(
        format: format, level: level, clock: SystemTime.clock, write: StandardError.write)
    }
    return Logger(label: "coinpay")
  }

  static func toSystemLog() {
    LoggingSystem.bootstrap { _ in
      LineLogHandler(format: .text, level: .info, clock: SystemTime.clock, write: SystemLog.write)
    }
  }
}
