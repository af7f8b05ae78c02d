import Settings

/// The file of settings that a new site begins with: each is there, with what it is for.
enum SettingsTemplate {
  /// Widest line of an explanation, in columns of a terminal.
  private static let columnsMax = 118

  static var text: String {
    ([heading] + Settings.groups.map(block)).joined(separator: "\n\n") + "\n"
  }

  private static let heading = """
    # Settings of CoinPay: /etc/coinpay/coinpay.env, owner root, mode 0640, group coinpay.
    # `coinpay config check` lists everything that is missing or wrong. After a change:
    # systemctl restart coinpay@blue coinpay-webhook@blue (or green; see coinpay deploy status). No request is lost.
    #
    # Secrets are better kept as files in /etc/coinpay/credentials, where `coinpay setup` puts them:
    # coinpay/session_key is COINPAY_SESSION_KEY. Such a file wins over a line here.
    # A provider is on when its settings are there. Keys and certificates: text, or the path of a file.
    """

  private static func block(_ group: SettingGroup) -> String {
    group.settings.flatMap(lines).joined(separator: "\n")
  }

  private static func lines(_ setting: Setting) -> [String] {
    let help = setting.help.map(wrapped) ?? []
    let value = setting.example ?? setting.standard ?? ""
    return help.map { "# \($0)" } + ["\(setting.isPreset ? "" : "#")\(setting.name)=\(value)"]
  }

  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + 1 + word.count <= columnsMax {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
