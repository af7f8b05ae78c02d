import Glibc
import LogLines

/// The system's log, for what an operator's command did: its standard error belongs to the terminal.
///
/// Lines have the tag `coinpay`, as those of the service: `journalctl -t coinpay`.
enum SystemLog {
  /// Gives the lines of this process another tag. openlog(3) keeps the address.
  static func name(_ tag: StaticString) {
    unsafe tag.utf8Start.withMemoryRebound(to: CChar.self, capacity: tag.utf8CodeUnitCount + 1) {
      unsafe openlog($0, 0, Int32(LOG_USER))
    }
  }

  /// Source: syslog(3). Without a log daemon nothing is written.
  static func write(_ priority: Priority, _ line: String) {
    unsafe line.withCString { text in
      unsafe withVaList([text]) { arguments in
        unsafe vsyslog(Int32(LOG_USER) | Int32(priority.rawValue), "%s", arguments)
      }
    }
  }
}
