public import Vocabulary

/// What readers see for the words that programs use.
public enum Names {
  public static func status(_ status: OrderStatus, _ language: Language) -> String {
    status.name(language)
  }

  /// `2 分 05 秒`, and `13 秒` below a minute.
  static func minutesAndSeconds(_ seconds: Int64, _ language: Language) -> String {
    if seconds < 60 { return Phrase.seconds.text(language, ["s": String(seconds)]) }
    let rest = seconds % 60
    return Phrase.minutesSeconds.text(
      language, ["m": String(seconds / 60), "s": rest < 10 ? "0\(rest)" : String(rest)])
  }

  /// How long somebody has to wait, in whole minutes from one minute on: `2 分钟`, `13 秒`.
  static func wait(_ seconds: Int64, _ language: Language) -> String {
    if seconds < 60 { return Phrase.seconds.text(language, ["s": String(seconds)]) }
    return Phrase.minutesToWait.text(language, ["m": String((seconds + 59) / 60)])
  }

  /// What follows a notice whose reason ends by itself.
  public static func expectedEnd(_ moment: MomentView, _ language: Language) -> String {
    Phrase.expectedEnd.text(language, ["time": moment.human])
  }

  /// A number of coins with thousands apart: `12,345`.
  public static func coins(_ count: Int64) -> String {
    let digits = String(count.magnitude)
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    groups.insert(rest, at: 0)
    return (count < 0 ? "−" : "") + groups.joined(separator: ",")
  }
}
