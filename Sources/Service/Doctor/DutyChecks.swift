import Duties
import Vocabulary

/// Whether the timers run, and what became of the last backup and restore drill.
struct DutyChecks {
  let facts: MachineFacts?
  /// The folder of what duties noted.
  let statusFolder: String
  /// Whether backups are encrypted to somebody, without which none are made.
  let hasBackupRecipient: Bool
  let now: Timestamp

  private static let backups: [Duty] = [.backupFull, .backupIncremental, .drill]

  func findings() -> [Finding] { timers() + backups() }

  private func timers() -> [Finding] {
    let names = facts?.names(after: "timer_") ?? []
    guard !names.isEmpty else { return [.skipped(.timers, "timers", MachineFacts.absence)] }
    return names.flatMap { name in timer(name, facts?.words("timer_\(name)") ?? []) }
  }

  /// - Parameter words: as systemctl tells: enabled or not, active or not, how its duty ended.
  private func timer(_ name: String, _ words: [String]) -> [Finding] {
    let duty = Duty(rawValue: name)
    if let duty, DutyChecks.backups.contains(duty), !hasBackupRecipient {
      return [.skipped(.timers, name, "backups are off")]
    }
    guard words.count == 3, words[0] == "enabled", words[1] == "active" else {
      return [
        .failure(
          .timers, name, "coinpay-\(name).timer is \(words.prefix(2).joined(separator: ", "))",
          do: "systemctl enable --now coinpay-\(name).timer")
      ]
    }
    guard let duty else { return [.ok(.timers, name, "enabled")] }
    return [result(duty, systemd: words[2])]
  }

  private func result(_ duty: Duty, systemd: String) -> Finding {
    let noted = DutyFacts(of: duty, in: statusFolder)
    let name = duty.rawValue
    // Its own last failure is what it found then, and not news.
    guard duty != .doctor else { return .ok(.timers, name, "enabled") }
    // systemd's word for a duty that a setting turned off.
    let result = noted.result ?? (systemd == "exec-condition" ? "success" : systemd)
    guard result == "success" else {
      return .failure(
        .timers, name, "the duty failed the last time: \(result)",
        do: "journalctl -u \(duty.unit); then: systemctl start \(duty.unit)")
    }
    guard let succeeded = noted.succeededAt else {
      return .ok(.timers, name, "enabled, not run yet")
    }
    let text = "well \(age(succeeded)) ago"
    return isOld(succeeded, duty)
      ? .warning(
        .timers, name, text + ", longer than its timer allows",
        do: "systemctl list-timers; journalctl -u \(duty.unit)")
      : .ok(.timers, name, text)
  }

  private func backups() -> [Finding] {
    guard facts != nil else { return [.skipped(.backups, "backups", MachineFacts.absence)] }
    guard hasBackupRecipient else {
      return [
        .warning(
          .backups, "recipient", "COINPAY_BACKUP_RECIPIENT is not set: there are no backups",
          do: "coinpay backup key, which makes one and turns them on")
      ]
    }
    return [.ok(.backups, "recipient", "set")]
      + [
        backup(.backupFull, "the last full backup"),
        backup(.backupIncremental, "the last incremental backup"),
        backup(.drill, "the last restore drill"),
      ]
  }

  private func backup(_ duty: Duty, _ what: String) -> Finding {
    let noted = DutyFacts(of: duty, in: statusFolder)
    let start = "systemctl start \(duty.unit)"
    guard let result = noted.result else {
      return .warning(.backups, duty.rawValue, "\(what) is not made yet", do: start)
    }
    guard result == "success" else {
      return .failure(
        .backups, duty.rawValue, "\(what) failed: \(result)",
        do: "journalctl -u \(duty.unit); then: \(start)")
    }
    guard let succeeded = noted.succeededAt, !isOld(succeeded, duty) else {
      return .failure(
        .backups, duty.rawValue,
        "\(what) is \(noted.succeededAt.map(age) ?? "?") old, more than \(duty.ageHoursMax) h",
        do: "\(start); systemctl list-timers")
    }
    return .ok(.backups, duty.rawValue, "\(what) is \(age(succeeded)) old")
  }

  /// What a clock noted that was ahead may be of any age.
  private func isOld(_ moment: Timestamp, _ duty: Duty) -> Bool {
    Schedule(longestPauseSeconds: duty.ageHoursMax * 3_600).isOver(since: moment, at: now)
  }

  private func age(_ moment: Timestamp) -> String {
    let minutes = max(0, now.unixSeconds - moment.unixSeconds) / 60
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
  }
}
