/// Work that a timer starts. The name is that of the timer `coinpay-NAME.timer` and of the folder of facts.
public enum Duty: String, CaseIterable, Hashable, Sendable {
  case verify
  case reconcile
  case purge
  case expiry
  case certificates
  case doctor
  case backupFull = "backup-full"
  case backupIncremental = "backup-incremental"
  case drill

  /// The unit that does it, without its suffix.
  public var unit: String {
    switch self {
    case .backupFull: "coinpay-backup@full"
    case .backupIncremental: "coinpay-backup@incremental"
    case .drill: "coinpay-backup@drill"
    case .verify, .reconcile, .purge, .expiry, .certificates, .doctor: "coinpay-task@\(rawValue)"
    }
  }

  /// Hours since the last success after which something is wrong: its interval and time for a second try.
  public var ageHoursMax: Int64 {
    switch self {
    case .expiry: 1
    case .doctor, .backupIncremental: 3
    case .verify, .reconcile, .purge, .certificates, .backupFull: 36
    case .drill: 10 * 24
    }
  }
}
