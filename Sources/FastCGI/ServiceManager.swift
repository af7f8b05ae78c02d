import Glibc

/// The service manager that started this process, as sd_notify(3) describes it: one datagram for each
/// piece of news, to a socket that it names.
public struct ServiceManager: Sendable {
  /// What the manager is told.
  public enum News: String, Sendable {
    /// Requests are answered from now on.
    case ready = "READY=1"
    /// The process is alive; expected within each `watchdogInterval`.
    case alive = "WATCHDOG=1"
    /// The process finishes what it accepted and ends.
    case stopping = "STOPPING=1"
  }

  private let address: String
  /// How long the manager waits for a sign of life before it ends the process; nil when it does not.
  public let watchdogInterval: Duration?

  /// - Parameter environment: holds `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  /// - Returns: nil when no manager waits for news.
  public init?(environment: [String: String]) {
    guard let address = environment["NOTIFY_SOCKET"],
      address.hasPrefix("/") || address.hasPrefix("@"),
      (2...UnixAddress.pathBytesMax).contains(address.utf8.count), !address.utf8.contains(0)
    else { return nil }
    self.address = address
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
  }

  /// Sends the news.
  /// - Returns: whether it could be sent. There is nothing else to do: the manager notices its absence.
  @discardableResult
  public func tell(_ news: News) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard
      unsafe UnixAddress.with(
        address, isAbstractAllowed: true, { unsafe connect(descriptor, $0, $1) })
        == 0
    else { return false }
    var text = news.rawValue
    let count = text.utf8.count
    return text.withUTF8 { bytes in
      unsafe send(descriptor, bytes.baseAddress, count, Int32(clamping: MSG_NOSIGNAL)) == count
    }
  }
}
