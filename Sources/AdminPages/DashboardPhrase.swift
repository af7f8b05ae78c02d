public import Pages

/// Texts of the dashboard, in both languages.
public enum DashboardPhrase: String, CaseIterable, Sendable {
  case today, sevenDays, thirtyDays, ninetyDays, by, byHour, byDay, zone
  case now, approvals, waiting, waitingSince, parked, suspense, behind, site, methodsOff, none
  case overview, successRate, successRateHint, begun, paidCount, failed, closed, undecided
  case causes, causesHint, cause, count, durations, durationsHint, median, slowest
  case amounts, amountsHint, currency, day, hour, paidAmount, refundedAmount, netAmount
  case duplicatesAndRefunds, duplicates, duplicatesAmount, refundsAsked, refundsMade, refundsHint
  case csv, nothing, total, seconds

  public func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  private var texts: (String, String) {
    switch self {
    case .today: ("今天", "Today")
    case .sevenDays: ("最近 7 天", "7 days")
    case .thirtyDays: ("最近 30 天", "30 days")
    case .ninetyDays: ("最近 90 天", "90 days")
    case .by: ("统计粒度", "Divided by")
    case .byHour: ("按小时", "Hour")
    case .byDay: ("按天", "Day")
    case .zone: ("按本站时区统计", "In the site's time zone")
    case .now: ("当前状态", "Now")
    case .approvals: ("待审批", "Waiting for approval")
    case .waiting: ("等待结算的事件", "Events that wait")
    case .waitingSince: ("最早的事件", "The oldest since")
    case .parked: ("已搁置的事件", "Parked events")
    case .suspense: ("待认领款项", "Money in suspense")
    case .behind: ("待重新统计的刻钟", "Quarter hours to count again")
    case .site: ("站点", "Site")
    case .methodsOff: ("已关闭的支付方式", "Methods that are off")
    case .none: ("无", "none")
    case .overview: ("各支付方式", "Methods")
    case .successRate: ("支付成功率", "Success rate")
    case .successRateHint:
      (
        "按支付发起时间统计：成功数占已有结果的支付数",
        "Payments by when they were begun: succeeded of those that have ended"
      )
    case .begun: ("发起", "Begun")
    case .paidCount: ("成功", "Succeeded")
    case .failed: ("失败", "Failed")
    case .closed: ("关闭", "Closed")
    case .undecided: ("未有结果", "Open")
    case .causes: ("失败原因", "Why payments fail")
    case .causesHint:
      (
        "未成功的支付按发起时间统计；支付未结束时被拒的尝试按通知时间统计",
        "Payments without success by when they were begun, refused attempts of open payments by when they were reported"
      )
    case .cause: ("原因", "Cause")
    case .count: ("次数", "Count")
    case .durations: ("下单到支付的时间", "From order to payment")
    case .durationsHint:
      ("数值准确，或至多偏大 1/16", "Exact, or too great by at most a sixteenth")
    case .median: ("中位数（p50）", "Half within (p50)")
    case .slowest: ("95% 以内（p95）", "95 % within (p95)")
    case .amounts: ("每日金额", "Amounts per day")
    case .amountsHint:
      (
        "收款按到账时间、退款按申请时间统计；不含重复支付",
        "Money by when it arrived, refunds by when they were asked for; without duplicates"
      )
    case .currency: ("币种", "Currency")
    case .day: ("日期", "Day")
    case .hour: ("小时", "Hour")
    case .paidAmount: ("收款", "Paid")
    case .refundedAmount: ("已退款", "Refunded")
    case .netAmount: ("净额", "Net")
    case .duplicatesAndRefunds: ("重复支付与退款", "Duplicates and refunds")
    case .duplicates: ("重复支付", "Duplicates")
    case .duplicatesAmount: ("重复支付金额", "Their amount")
    case .refundsAsked: ("申请退款", "Refunds asked for")
    case .refundsMade: ("完成退款", "Refunds made")
    case .refundsHint:
      (
        "重复支付自动退回，不计入退款",
        "Duplicates are given back by themselves and are not among the refunds"
      )
    case .csv: ("下载 CSV", "Download CSV")
    case .nothing: ("这段时间没有数据", "Nothing in this period")
    case .total: ("合计", "In all")
    case .seconds: ("秒", "s")
    }
  }
}
