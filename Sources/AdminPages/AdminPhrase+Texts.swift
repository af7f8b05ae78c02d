extension AdminPhrase {
  /// Chinese and English.
  var texts: (String, String) {
    switch self {
    case .consoleName: ("金币管理后台", "CoinPay console")
    case .skipToContent: ("跳到主要内容", "Skip to content")
    case .otherLanguage: ("English", "中文")
    case .signOut: ("退出", "Sign out")
    case .toTheShop: ("返回金币中心", "To the coin centre")
    case .developmentNotice: ("开发模式", "Development mode")
    case .networkError: ("网络不通，请稍后再试", "The network failed; please try again")
    case .working: ("请稍候…", "One moment…")
    case .keepCodes:
      (
        "请妥善保存这些恢复码：每个只能使用一次，且不会再次显示",
        "Keep these recovery codes in a safe place: each works once, and they are never shown again"
      )
    case .goOn: ("我已保存，继续", "I have kept them; go on")
    case .search: ("查询", "Search")
    case .more: ("更多", "More")
    case .cancel: ("取消", "Cancel")
    case .errorTitle: ("出错了", "Something is wrong")
    case .requestID: ("请求编号", "Request number")
    case .all: ("全部", "All")
    case .anyStatus: ("全部状态", "Any state")
    case .from: ("开始日期", "From")
    case .until: ("结束日期", "Until")
    case .actions: ("操作", "Actions")
    case .status: ("状态", "State")
    case .time: ("时间", "Time")
    case .amount: ("金额", "Amount")
    case .method: ("支付方式", "Method")
    case .user: ("用户", "User")
    case .reason: ("原因", "Reason")
    case .details: ("详情", "Details")
    case .dashboard: ("概览", "Dashboard")
    case .controls: ("应急控制", "Emergency controls")
    case .orders: ("订单", "Orders")
    case .orderNumber: ("订单号", "Order number")
    case .coins: ("金币", "Coins")
    case .created: ("下单时间", "Ordered")
    case .paid: ("支付时间", "Paid")
    case .noOrders: ("没有符合条件的订单", "No order fits")
    case .searchOrders: ("编号或用户名", "Number or user name")
    case .searchOrdersHint:
      ("订单号、商户单号、支付机构流水号、退款单号或用户名", "Order, payment, provider's or refund number, or user name")
    case .security: ("账号安全", "Security")
    case .secondFactor: ("两步验证", "Second factor")
    case .secondFactorNeeded:
      (
        "进入后台前须启用两步验证：请用身份验证器应用扫描二维码",
        "The console needs a second factor: scan the code with an authenticator app"
      )
    case .scanThis: ("扫描二维码", "Scan this code")
    case .orTypeThis: ("无法扫描时手动输入密钥", "Or type this secret")
    case .code: ("验证码", "Code")
    case .codeHint:
      ("应用显示的 6 位数字，或一个恢复码", "The six digits of your app, or a recovery code")
    case .enrol: ("启用", "Enrol")
    case .enterCode: ("输入验证码", "Enter your code")
    case .letMeIn: ("进入后台", "Go on")
    case .isEnrolled: ("已启用", "Enrolled")
    case .isNotEnrolled: ("未启用", "Not enrolled")
    case .recoveryCodesLeft: ("剩余恢复码", "Recovery codes left")
    case .renewCodes: ("重新生成恢复码", "Renew recovery codes")
    case .renewCodesAsk:
      ("旧的恢复码将全部失效", "The old recovery codes will be worth nothing")
    case .qrOfSecret: ("两步验证密钥的二维码", "QR code of the second factor's secret")
    case .enrolLater: ("启用两步验证", "Enrol a second factor")
    }
  }
}
