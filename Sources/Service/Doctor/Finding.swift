import Provider

/// One result of `coinpay doctor`.
struct Finding: Encodable {
  enum Level: String, Encodable, CaseIterable {
    case ok
    /// Not looked at; the text says why.
    case skipped
    /// It works, but not as it should, or not for long.
    case warning
    case failure
  }

  /// What the name belongs to. Programs rely on both words.
  enum Area: String, Encodable {
    case settings, keys, clock, database, schema, work, sockets, nginx, certificate, disk, timers
    case backups, alarms, providers, notify, notifications
  }

  let area: Area
  let name: String
  let level: Level
  /// What was found.
  let text: String
  /// What to do; nil when nothing is to be done, or when the text says it.
  let action: String?

  static func ok(_ area: Area, _ name: String, _ text: String) -> Finding {
    Finding(area: area, name: name, level: .ok, text: text, action: nil)
  }

  static func skipped(_ area: Area, _ name: String, _ text: String) -> Finding {
    Finding(area: area, name: name, level: .skipped, text: text, action: nil)
  }

  static func warning(_ area: Area, _ name: String, _ text: String, do action: String) -> Finding {
    Finding(area: area, name: name, level: .warning, text: text, action: action)
  }

  static func failure(_ area: Area, _ name: String, _ text: String, do action: String) -> Finding {
    Finding(area: area, name: name, level: .failure, text: text, action: action)
  }

  /// What a provider's own check found; its text says what to do.
  init(_ finding: CheckFinding, of provider: String) {
    let words = finding.subject.lowercased().split { !$0.isLetter && !$0.isNumber }
    self.init(
      area: .providers,
      name: ([provider.lowercased()] + words.map(String.init)).joined(separator: "_"),
      level: Level(finding.level), text: "\(finding.subject): \(finding.text)", action: nil)
  }

  private init(area: Area, name: String, level: Level, text: String, action: String?) {
    (self.area, self.name, self.level) = (area, name, level)
    (self.text, self.action) = (text, action)
  }
}

extension Finding.Level {
  fileprivate init(_ level: CheckFinding.Level) {
    switch level {
    case .ok: self = .ok
    case .warning: self = .warning
    case .failure: self = .failure
    }
  }
}
