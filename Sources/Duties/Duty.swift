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

  /// Hours from one success to the next after which something is wrong: two of its intervals, or one
  /// and a half where that is more than a day.
  public var ageHoursMax: Int64 {
    switch self {
    case .doctor, .expiry, .backupIncremental: 3
    case .verify, .reconcile, .purge, .certificates, .backupFull: 36
    case .drill: 10 * 24
    }
  }
}
