public import Pages

/// Texts of the emergency controls, in both languages.
public enum ControlPhrase: String, CaseIterable, Sendable {
  case site, mode, open, ordersPaused, readOnly, endsAt, noticeShown, usualWords, settlement
  case settlementOn, settlementStopped, effective, pauseOrders, pauseOrdersAsk, makeReadOnly
  case makeReadOnlyAsk, stopPayments, stopPaymentsAsk, resume, resumeAsk, noticeChinese
  case noticeEnglish, noticeHint, minutes, minutesHint, minutesWrong, methods, methodsHint, place,
    provider
  case works, fails, offered, on, off, backup, noBackup, switchOff, switchOffAsk, switchOn
  case switchOnAsk, nameBackup, nameBackupAsk, moveUp, moveUpAsk, offeredNow, noMethods

  public func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  private var texts: (String, String) {
    switch self {
    case .site: ("站点", "Site")
    case .mode: ("模式", "Mode")
    case .open: ("正常", "Open")
    case .ordersPaused: ("暂停下单", "Orders paused")
    case .readOnly: ("只读", "Read-only")
    case .endsAt: ("自动恢复时间", "Ends by itself")
    case .noticeShown: ("用户看到的公告", "What users are told")
    case .usualWords: ("默认公告", "the usual words")
    case .settlement: ("结算", "Settlement")
    case .settlementOn: ("运行中", "on")
    case .settlementStopped: ("已停止", "stopped")
    case .effective:
      (
        "5 秒内在所有进程生效；已有的支付照常通知、查询、结算和退款",
        "Every worker knows within 5 seconds; payments that exist go on"
      )
    case .pauseOrders: ("暂停下单", "Pause orders")
    case .pauseOrdersAsk:
      (
        "不再接受新订单。已有订单仍可支付、取消和退款。",
        "No new orders. Orders that exist are still paid, cancelled and refunded."
      )
    case .makeReadOnly: ("设为只读", "Make read-only")
    case .makeReadOnlyAsk:
      (
        "用户不能下单、取消或注册。支付通知和退款照常处理。",
        "Users cannot order, cancel or sign up. Notifications and refunds go on."
      )
    case .stopPayments: ("停止结算", "Stop payments")
    case .stopPaymentsAsk:
      (
        "用于修复数据：用户只读，结算、查询和退款全部停止；支付通知仍会保存，恢复后再结算。",
        "For data repair: users only read, and nothing settles, is asked for or refunded; notifications are kept for later."
      )
    case .resume: ("恢复正常", "Resume")
    case .resumeAsk:
      ("站点恢复下单与结算。", "The site takes orders and settles again.")
    case .noticeChinese: ("中文公告", "Notice in Chinese")
    case .noticeEnglish: ("英文公告", "Notice in English")
    case .noticeHint: ("两种语言都填写，或都留空使用默认公告", "Both, or neither for the usual words")
    case .minutes: ("多少分钟后自动恢复", "Ends by itself after so many minutes")
    case .minutesWrong:
      (
        "分钟数请填写 1–10080 的整数，或留空",
        "The minutes are a whole number of minutes from 1 to 10080, or nothing"
      )
    case .minutesHint: ("留空则需手动恢复", "Empty: until somebody ends it")
    case .methods: ("支付方式", "Payment methods")
    case .methodsHint:
      (
        "关闭后不再提供给新支付；备用方式会顶替其位置",
        "A method that is off takes no new payments; its backup takes its place"
      )
    case .place: ("顺序", "Place")
    case .provider: ("支付机构", "Provider")
    case .works: ("可用", "works")
    case .fails: ("故障", "fails")
    case .offered: ("对用户", "To users")
    case .on: ("开启", "on")
    case .off: ("已关闭", "off")
    case .backup: ("备用方式", "Backup")
    case .noBackup: ("无", "none")
    case .switchOff: ("关闭", "Switch off")
    case .switchOffAsk:
      (
        "不再为新支付提供该方式；已发起的支付照常进行。",
        "The method takes no new payments; those that were begun go on."
      )
    case .switchOn: ("开启", "Switch on")
    case .switchOnAsk: ("重新提供该方式。", "The method is offered again.")
    case .nameBackup: ("设置备用", "Name backup")
    case .nameBackupAsk:
      (
        "该方式关闭或故障时，改为提供这里选择的方式。",
        "Offered instead while the method is off or its provider does not answer."
      )
    case .moveUp: ("上移", "Move up")
    case .moveUpAsk: ("将该方式向前移动一位。", "The method is offered one place earlier.")
    case .offeredNow: ("当前提供给用户", "Offered to users now")
    case .noMethods: ("没有配置支付方式", "No payment method is configured")
    }
  }
}
