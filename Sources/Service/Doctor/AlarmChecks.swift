import FoundationEssentials

/// Whether somebody learns of what goes wrong.
enum AlarmChecks {
  private static let sendmail = AlarmSender.mailProgramStandard

  static func findings(_ variables: [String: String]) -> [Finding] {
    let targets = AlarmSettings.targets(variables)
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
