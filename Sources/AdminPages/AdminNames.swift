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

  /// What settling did about an event, or as long as it did nothing the event's state, as the inbox
  /// keeps them.
  public static func outcome(_ outcome: String, _ language: Language) -> String {
    let (chinese, english) =
      switch outcome {
      case "PENDING": ("等待处理", "Waiting")
      case "PARKED": ("已搁置", "Given up")
      case "SETTLED": ("已处理", "Settled")
      case "CREDITED": ("已入账", "Credited")
      case "DUPLICATE": ("重复付款", "Paid twice")
      case "CONFIRMING": ("待核实", "To be confirmed")
      case "SUSPICIOUS": ("存疑", "Held")
      case "FAILED": ("付款失败", "Payment failed")
      case "CLOSED": ("已关闭", "Closed")
      case "IGNORED": ("无需处理", "Nothing to do")
      case "UNMATCHED": ("无对应付款", "No payment of ours")
      case "REFUND_PENDING", "REFUND_REQUESTED": ("退款处理中", "Refund under way")
      case "REFUND_SUCCEEDED": ("已退款", "Refunded")
      case "REFUND_FAILED": ("退款失败", "Refund failed")
      case "DISPUTE_INQUIRY": ("争议问询", "Dispute: inquiry")
      case "DISPUTE_OPENED": ("争议中", "Dispute opened")
      case "DISPUTE_WON": ("争议胜诉", "Dispute won")
      case "DISPUTE_LOST": ("争议败诉", "Dispute lost")
      default: (outcome, outcome)
      }
    return language == .chinese ? chinese : english
  }

  /// How books differ, as the item keeps it.
  public static func difference(_ kind: String, _ language: Language) -> String {
    let (chinese, english) =
      switch kind {
      case "MISSING_HERE": ("本站缺失", "Missing here")
      case "MISSING_THERE": ("对方缺失", "Missing there")
      case "AMOUNT_DIFFERS": ("金额不符", "Amount differs")
      case "STATUS_DIFFERS": ("状态不符", "Status differs")
      default: (kind, kind)
      }
    return language == .chinese ? chinese : english
  }

  /// The state of a comparison with a provider's books.
  public static func run(_ state: String, _ language: Language) -> String {
    let (chinese, english) =
      switch state {
      case "RUNNING": ("进行中", "Running")
      case "NOT_READY": ("账单未出", "Not ready")
      case "FAILED": ("失败", "Failed")
      case "COMPLETE": ("完成", "Complete")
      default: (state, state)
      }
    return language == .chinese ? chinese : english
  }

  public static func confirmation(_ status: String, _ language: Language) -> String {
    let (chinese, english) =
      switch status {
      case "OPEN": ("待批准", "Open")
      case "APPROVED": ("已批准", "Approved")
      case "REJECTED": ("已驳回", "Rejected")
      case "EXPIRED": ("已过期", "Expired")
      default: (status, status)
      }
    return language == .chinese ? chinese : english
  }

  /// A state of an order or a payment, as the history keeps it.
  public static func state(
    _ state: String, ofPayment isOfPayment: Bool, _ language: Language
  ) -> String {
    let name =
      isOfPayment
      ? PaymentStatus(rawValue: state).map { payment($0, language) }
      : OrderStatus(rawValue: state).map { Names.status($0, language) }
    return name ?? state
  }

  /// Why money is in suspense, as the entry keeps it.
  public static func suspense(_ reason: String, _ language: Language) -> String {
    let (chinese, english) =
      switch reason {
      case "unmatched": ("无对应付款", "No payment of ours")
      case "paid_twice": ("重复付款", "Paid twice")
      case "unconfirmed": ("待支付机构核实", "To be confirmed by the provider")
      case "provider": ("支付机构不符", "Another provider")
      case "merchant_account": ("商户账号不符", "Another merchant account")
      case "live_mode": ("正式与测试环境不符", "Live and test mode mixed")
      case "out_trade_no": ("商户单号不符", "Another number of ours")
      case "transaction_id": ("支付机构流水号不符", "Another number of the provider")
      case "currency": ("币种不符", "Another currency")
      case "amount": ("金额不符", "Another amount")
      case "refunded": ("付款后已退还", "Paid and given back")
      case "erased": ("用户已注销", "The user was erased")
      default: (reason, reason)
      }
    return language == .chinese ? chinese : english
  }

  /// Why an order or a payment came into a state, as the history keeps it.
  public static func step(_ cause: String, _ language: Language) -> String {
    let (chinese, english) =
      switch cause {
      case "created": ("已创建", "Created")
      case "started": ("已向支付机构发起", "Begun at the provider")
      case "pay_again": ("重新支付", "Paying again")
      case "paid": ("收到款项", "Paid")
      case "expired": ("超时未付", "Not paid in time")
      case "cancelled": ("用户取消", "Cancelled by the user")
      case "closed_by_operator": ("人工关闭", "Closed by an operator")
      case "refund_or_dispute": ("退款或争议", "Refund or dispute")
      default: (suspense(cause, .chinese), suspense(cause, .english))
      }
    return language == .chinese ? chinese : english
  }

  private static let unclearAnswer = "no clear answer, "

  /// What a provider answered about a payment, as records keep it: `SUCCEEDED`, `FAILED: declined`.
  public static func providerAnswer(_ answer: String, _ language: Language) -> String {
    if answer.hasPrefix(unclearAnswer) {
      let cause = String(answer.dropFirst(unclearAnswer.count))
      return pair(AdminPhrase.noClearAnswer.text(language), cause, language)
    }
    let parts = answer.split(separator: ":", maxSplits: 1)
    let names: (chinese: String, english: String)? =
      switch parts.first ?? "" {
      case "SUCCEEDED": ("已收款", "Paid")
      case "REFUNDED": ("已收款并退还", "Paid and given back")
      case "FAILED": ("付款失败", "Failed")
      case "ATTEMPT_FAILED": ("一次尝试失败", "An attempt failed")
      case "CLOSED": ("已关闭", "Closed")
      case "PENDING": ("尚未付款", "Not paid yet")
      case "REFUND": ("退款", "Refund")
      case "DISPUTE": ("争议", "Dispute")
      case "CHANGED": ("有变动", "Changed")
      case "NOT_FOUND": ("没有这笔付款", "No such payment")
      default: nil
      }
    guard let names else { return answer }
    let name = language == .chinese ? names.chinese : names.english
    guard parts.count == 2 else { return name }
    return pair(name, String(parts[1].drop { $0 == " " }), language)
  }

  /// A name and what it stands for.
  public static func pair(_ name: String, _ value: String, _ language: Language) -> String {
    name + (language == .chinese ? "：" : ": ") + value
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
