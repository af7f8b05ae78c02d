import Settings
import Vocabulary

/// All checks, in the order in which one thing rests on another.
struct Examination {
  let variables: [String: String]
  let facts: MachineFacts?
  let isOffline: Bool

  func findings() -> [Finding] {
    let now = SystemTime.now()
    return ClockChecks.findings(facts) + ofSettings(now) + SiteChecks.findings(facts)
      + CertificateChecks.findings(facts, now: now) + DiskChecks.findings(facts)
      + DutyChecks(
        facts: facts, statusFolder: Settings.statusFolder(variables),
        hasBackupRecipient: variables["COINPAY_BACKUP_RECIPIENT"]?.isEmpty == false, now: now
      ).findings()
      + AlarmChecks.findings(variables)
  }

  private func ofSettings(_ now: Timestamp) -> [Finding] {
    do throws(Settings.Problems) {
      let settings = try Settings.read(variables)
      return SettingsChecks.findings(settings)
        + [.ok(.keys, "session", "COINPAY_SESSION_KEY is 32 bytes")]
        + DatabaseChecks.findings(settings, isOffline: isOffline, now: now)
        + ProviderChecks.findings(settings, isOffline: isOffline, now: now)
        + NotifyChecks(
          settings: settings, isOffline: isOffline,
          knowsProxy: SettingsReader(Variables.all()).text(MachineSetting.proxyAddresses) != nil
        ).findings()
    } catch {
      return SettingsChecks.findings(error)
    }
  }
}
