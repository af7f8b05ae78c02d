public import Pages
public import Vocabulary

/// What operators see for the words that programs use.
public enum AdminNames {
  public static func payment(_ status: PaymentStatus, _ language: Language) -> String {
    let (chinese, english) =
      switch status {
      case .starting: ("创建中", "Starting")
      case .pending: ("待支付", "Pending")
      case .succeeded: ("成功", "Succeeded")
      case .failed: ("失败", "Failed")
      case .closed: ("已关闭", "Closed")
      case .duplicate: ("重复支付", "Duplicate")
      case .suspicious: ("可疑", "Suspicious")
      }
    return language == .chinese ? chinese : english
  }

  public static func refund(_ status: RefundStatus, _ language: Language) -> String {
    let (chinese, english) =
      switch status {
      case .requested: ("已申请", "Requested")
      case .pending: ("处理中", "Pending")
      case .succeeded: ("成功", "Succeeded")
      case .failed: ("失败", "Failed")
      }
    return language == .chinese ? chinese : english
  }

  public static func rule(_ rule: RefundRule, _ language: Language) -> String {
    let (chinese, english) =
      switch rule {
      case .takeBack: ("全部扣回，不足则不退款", "Take all back, or refuse the refund")
      case .takeBackToZero: ("扣回，最多扣至零", "Take back as many as there are")
      case .leave: ("不扣回", "Leave them")
      }
    return language == .chinese ? chinese : english
  }

  /// The source of an event, as the inbox keeps it.
  public static func source(_ source: String, _ language: Language) -> String {
    let (chinese, english) =
      switch source {
      case "NOTIFICATION": ("通知", "Notification")
      case "QUERY": ("查询", "Query")
      case "RECONCILIATION": ("对账", "Reconciliation")
      case "MOCK": ("模拟", "Mock")
      case "OPERATOR": ("人工确认", "Operator")
      default: (source, source)
      }
    return language == .chinese ? chinese : english
  }

  public static func confirmation(_ status: String, _ language: Language) -> String {
    let (chinese, english) =
      switch status {
      case "OPEN": ("待批准", "Open")
      case "APPROVED": ("已批准", "Approved")
      case "REJECTED": ("已驳回", "Rejected")
      default: (status, status)
      }
    return language == .chinese ? chinese : english
  }

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
}
