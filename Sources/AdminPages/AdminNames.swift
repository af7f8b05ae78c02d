public import Pages
public import Vocabulary

/// What operators see for the words that programs use.
public enum AdminNames {
  public static func role(_ role: UserRole, _ language: Language) -> String {
    let (chinese, english) =
      switch role {
      case .user: ("用户", "User")
      case .viewer: ("查看者", "Viewer")
      case .operator: ("操作员", "Operator")
      case .administrator: ("管理员", "Administrator")
      }
    return language == .chinese ? chinese : english
  }

  /// - Parameter cause: a kind of cause, as statistics count it.
  public static func cause(_ cause: String, _ language: Language) -> String {
    let (chinese, english) =
      switch cause {
      case "insufficient_funds": ("余额不足", "Insufficient funds")
      case "declined": ("被拒绝", "Declined")
      case "authentication_failed": ("身份验证失败", "Authentication failed")
      case "suspected_fraud": ("疑似欺诈", "Suspected fraud")
      case "limit_exceeded": ("超出限额", "Limit exceeded")
      case "instrument_unusable": ("支付工具不可用", "Card or account unusable")
      case "cancelled": ("已取消", "Cancelled")
      case "expired": ("超时未付", "Not paid in time")
      case "conflict": ("状态冲突", "Conflict at the provider")
      case "configuration": ("配置问题", "Configuration")
      case "invalid_request": ("请求无效", "Invalid request")
      case "unavailable": ("支付机构不可用", "Provider unavailable")
      default: ("其他", "Other")
      }
    return language == .chinese ? chinese : english
  }
}
