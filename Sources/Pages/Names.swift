public import Vocabulary

/// What readers see for the words that programs use.
public enum Names {
  public static func status(_ status: OrderStatus, _ language: Language) -> String {
    let (chinese, english) =
      switch status {
      case .pending: ("待支付", "Waiting for payment")
      case .paid: ("已支付", "Paid")
      case .failed: ("支付失败", "Failed")
      case .expired: ("已超时", "Expired")
      case .cancelled: ("已取消", "Cancelled")
      case .refunding: ("退款中", "Being refunded")
      case .refunded: ("已退款", "Refunded")
      case .partiallyRefunded: ("部分退款", "Partly refunded")
      case .disputed: ("争议中", "Disputed")
      }
    return language == .chinese ? chinese : english
  }

  public static func entryKind(_ kind: String, _ language: Language) -> String {
    let (chinese, english) =
      switch kind {
      case "PURCHASE": ("购买", "Purchase")
      case "GRANT": ("发放", "Given")
      case "DEDUCTION": ("扣除", "Taken")
      case "REFUND": ("退款扣回", "Taken back by refund")
      case "REFUND_BONUS": ("退款扣回赠币", "Bonus taken back by refund")
      case "REFUND_RETURN": ("退款未成退回", "Returned, refund failed")
      case "BONUS_RETURN": ("退款未成退回赠币", "Bonus returned, refund failed")
      case "DISPUTE_HOLD": ("争议冻结", "Frozen by dispute")
      case "DISPUTE_RELEASE": ("争议解冻", "Released, dispute won")
      case "BONUS": ("赠送", "Bonus")
      default: (kind, kind)
      }
    return language == .chinese ? chinese : english
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
    let minutes = (seconds + 59) / 60
    return language == .chinese ? "\(minutes) 分钟" : "\(minutes) min"
  }

  /// What follows a notice whose reason ends by itself.
  public static func expectedEnd(_ moment: MomentView, _ language: Language) -> String {
    language == .chinese
      ? "（预计 \(moment.human) 恢复）" : " (expected to end \(moment.human))"
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
