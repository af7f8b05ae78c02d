import FoundationEssentials

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
    if settings.alipay == nil, settings.weChatPay == nil, settings.stripe == nil {
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

/// Whether somebody learns of what goes wrong.
enum AlarmChecks {
  private static let sendmail = "/usr/sbin/sendmail"

  static func findings(_ variables: [String: String]) -> [Finding] {
    let targets = (variables["COINPAY_ALARM_TO"] ?? "")
      .split { $0 == "," || $0 == " " }.map(String.init)
    guard !targets.isEmpty else {
      return [
        .warning(
          .alarms, "target", "COINPAY_ALARM_TO is not set: nobody is told of failures",
          do: "coinpay setup --alarm, with a mail address or an https address")
      ]
    }
    let isMail = targets.contains { !$0.hasPrefix("https://") && !$0.hasPrefix("http://") }
    if isMail, !FileManager.default.isExecutableFile(atPath: sendmail) {
      return [
        .failure(
          .alarms, "sendmail", "alarms go by mail, but \(sendmail) is not there",
          do: "apt install a mail transport agent such as msmtp-mta and set it up")
      ]
    }
    return [.ok(.alarms, "target", "\(targets.count) are told")]
  }
}
