/// What the environment says besides what `Settings` reads.
enum SettingsChecks {
  static func findings(_ settings: Settings) -> [Finding] {
    var findings = [Finding.ok(.settings, "sound", "all settings are sound")]
    if settings.isDevelopment {
      findings.append(
        .warning(
          .settings, "environment", "COINPAY_ENV is development: demo accounts and mock payments",
          do: "set COINPAY_ENV=production before anybody buys"))
    }
    if settings.providers.isEmpty {
      findings.append(
        .warning(
          .settings, "providers", "no payment provider is on",
          do: "set the variables of one; see /etc/coinpay/coinpay.env"))
    }
    return findings
  }

  static func findings(_ problems: Settings.Problems) -> [Finding] {
    problems.lines.map { line in
      let name = line.prefix { $0 != " " }.lowercased()
      return .failure(
        .settings, name, line, do: "mend it in /etc/coinpay, then: coinpay config check")
    }
  }
}
