/// Where alarms go and how often. What is wrong with it stops no alarm: a standard stands in.
struct AlarmSettings {
  /// Mail addresses, and addresses that take a POST; each once.
  let targets: [String]
  let rule: AlarmRule
  /// Where the outbox is.
  let folder: String

  static let repeatSecondsStandard: Int64 = 3_600
  private static let repeatSecondsBounds: ClosedRange<Int64> = 0...31_536_000
  private static let folderStandard = "/var/lib/coinpay/alarms"

  init(_ variables: [String: String]) {
    targets = AlarmSettings.targets(variables)
    let seconds = variables["COINPAY_ALARM_REPEAT_SECONDS"].flatMap { Int64($0) }
      .flatMap { AlarmSettings.repeatSecondsBounds.contains($0) ? $0 : nil }
    rule = AlarmRule(repeatSeconds: seconds ?? AlarmSettings.repeatSecondsStandard)
    folder = variables["STATE_DIRECTORY"] ?? AlarmSettings.folderStandard
  }

  static func targets(_ variables: [String: String]) -> [String] {
    let words = (variables["COINPAY_ALARM_TO"] ?? "").split { $0 == "," || $0.isWhitespace }
    return words.reduce(into: []) { targets, word in
      if !targets.contains(String(word)) { targets.append(String(word)) }
    }
  }
}
