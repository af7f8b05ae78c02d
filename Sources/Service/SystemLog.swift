import Glibc
import LogLines

/// The system's log, for what an operator's command did: its standard error belongs to the terminal.
///
/// Lines have the tag `coinpay`, as those of the service: `journalctl -t coinpay`.
enum SystemLog {
  /// Source: syslog(3). Without a log daemon nothing is written.
  static func write(_ priority: Priority, _ line: String) {
    unsafe line.withCString { text in
      unsafe withVaList([text]) { arguments in
        unsafe vsyslog(Int32(LOG_USER) | Int32(priority.rawValue), "%s", arguments)
      }
    }
  }
}
