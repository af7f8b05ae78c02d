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
    case .tellCode:
      (
        "绑定码：请当面或电话告知本人，24 小时内有效，不会再次显示",
        "Enrolment code: tell it in person or by telephone; it works for 24 hours and is never shown again"
      )
    case .toTheConsole: ("返回后台", "Back to the console")
    case .approvals: ("审批", "Approvals")
    case .formerState: ("原状态", "Former state")
    case .notSoldBy:
      (
        "以下支付方式没有此套餐的价格，不能用来购买：",
        "The package has no price for these methods and cannot be bought by them:"
      )
    case .enrolmentCodeWrong:
      ("绑定码不正确、已使用或已过期", "The enrolment code is wrong, was used before or has run out")
    case .noClearAnswer: ("没有明确答复", "No clear answer")
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
    case .timesAreIn: ("页面时间的时区：", "Times on this page are in")
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
    case .passwordAndSessions: ("密码与登录", "Password and sessions")
    case .toOwnAccount: ("到我的账户", "To your account")
    case .recoveryCodesLeft: ("剩余恢复码", "Recovery codes left")
    case .renewCodes: ("重新生成恢复码", "Renew recovery codes")
    case .renewCodesAsk:
      ("旧的恢复码将全部失效", "The old recovery codes will be worth nothing")
    case .qrOfSecret: ("两步验证密钥的二维码", "QR code of the second factor's secret")
    case .enrolLater: ("启用两步验证", "Enrol a second factor")
    case .notConfigured: ("该支付机构未配置", "this provider is not configured")
    case .orderClosing:
      (
        "订单已关闭；支付机构处尚未关闭，系统将继续处理",
        "The order is closed here; closing it at the provider goes on"
      )
    case .orderPaid: ("订单已收款，请改为退款", "Its money has arrived; refund it instead")
    case .willBeSettled: ("将立即重新处理", "It will be settled again at once")
    case .orderClosed: ("订单已关闭", "The order is closed")
    case .refundUnderWay: ("退款处理中：", "The refund is under way:")
    case .wordUnbooked:
      ("已记录，但尚未入账，请查看订单事件", "It is recorded, but nothing is booked; look at the order's events")
    case .paymentPaid: ("该付款已入账", "This payment's money is booked already")
    case .orderPaidOtherwise:
      ("该订单已由另一笔付款支付", "Another payment of this order brought its money already")
    case .wordWaits: ("该付款已有待批准的申请", "Another request for this payment waits")
    case .wordDecided: ("该申请已处理", "This request was decided already")
    case .numberTaken:
      (
        "该支付机构单号属于另一笔付款", "The provider's number belongs to another payment"
      )
    case .moneyBooked: ("已按人工确认入账", "The money is booked")
    case .secondPersonAsked:
      ("已提交，须由另一位操作员批准", "Another operator has to approve this now")
    case .administratorNeeded:
      (
        "已超出申请人当日可独自处理的金币，或是其本人的订单：须由管理员批准",
        "This is beyond what whoever asked may do on a day, or their own order: an administrator has to agree"
      )
    case .tooManyWaiting:
      (
        "您等待批准的操作过多，请等其处理，或先驳回一些。上限：",
        "Too many of your actions wait already; wait for the decisions or reject some. The most is"
      )
    case .moreWait: ("之后还有：", "More that wait:")
    case .administratorAsked:
      (
        "尚未执行：须由另一位管理员批准",
        "Nothing was done yet: another administrator has to approve this"
      )
    case .deedDone: ("已批准并执行", "Approved and done")
    case .deedAltered:
      ("所存申请与审计记录不符，未执行", "What is stored is not what was asked for; nothing was done")
    case .askerLeft:
      ("申请人已停用或已无权限，不能再批准", "Whoever asked is disabled or may not ask for it any more")
    case .deedImpossible:
      (
        "现在已无法执行：余额、订单或支付机构的情况已变化",
        "It cannot be done any more: the balance, the order or its provider have changed"
      )
    case .deedsWaiting: ("等待管理员批准的操作", "Actions that wait for an administrator")
    case .deedsDecided: ("已处理的操作申请", "Actions that were decided")
    case .rejected: ("已驳回", "Rejected")
    case .providerConfirmed:
      ("支付机构已确认收款，无需人工确认", "The provider itself confirmed the payment")
    case .providerUnbooked:
      (
        "支付机构已确认收款，但尚未入账，请查看订单事件",
        "The provider itself says it was paid, but nothing is booked; look at the order's events"
      )
    case .confirmations: ("人工确认", "Confirmations")
    case .waitingForSecond: ("等待第二人批准", "Waiting for a second person")
    case .decided: ("已处理", "Decided")
    case .providerSaid: ("支付机构答复", "The provider said")
    case .askedBy: ("申请人", "Asked by")
    case .decidedBy: ("审批人", "Decided by")
    case .noConfirmations: ("没有人工确认", "There are none")
    case .approve: ("批准", "Approve")
    case .reject: ("驳回", "Reject")
    case .payments: ("付款", "Payments")
    case .events: ("事件（通知与查询）", "Events: notifications and queries")
    case .ledger: ("金币分录", "Ledger")
    case .refunds: ("退款", "Refunds")
    case .disputes: ("争议", "Disputes")
    case .suspense: ("挂账", "Suspense")
    case .history: ("状态历史", "History")
    case .package: ("套餐", "Package")
    case .expires: ("支付截止", "Pay until")
    case .merchantNumber: ("商户单号", "Our number")
    case .providerNumber: ("支付机构流水号", "Provider's number")
    case .cause: ("原因", "Cause")
    case .providersReason: ("支付机构给出的原因", "Provider's reason")
    case .queries: ("查询", "Queries")
    case .nothingHere: ("没有记录", "Nothing here")
    case .number: ("编号", "Number")
    case .source: ("来源", "Source")
    case .kind: ("类型", "Kind")
    case .outcome: ("结果", "Outcome")
    case .body: ("原文", "Body")
    case .show: ("查看", "Show")
    case .change: ("变动", "Change")
    case .balanceAfter: ("变动后余额", "Balance")
    case .event: ("事件", "Event")
    case .refundNumber: ("退款单号", "Refund number")
    case .actor: ("操作人", "Actor")
    case .coinsFrozen: ("冻结金币", "Coins frozen")
    case .respondBy: ("举证截止", "Respond by")
    case .resolution: ("处理结果", "Resolution")
    case .what: ("对象", "What")
    case .to: ("变为", "Became")
    case .order: ("订单", "Order")
    case .payment: ("付款", "Payment")
    case .queryProvider: ("查询支付机构", "Ask the provider")
    case .queryProviderText:
      (
        "向支付机构查询此订单的全部付款，并按答复处理",
        "Asks the provider about every payment of the order and settles the answers"
      )
    case .resettle: ("重新处理", "Settle again")
    case .resettleText:
      ("立即重新处理等待或搁置的事件", "Settles events that wait or were parked, at once")
    case .closeOrder: ("关闭订单", "Close")
    case .closeOrderText:
      (
        "订单将无法继续支付；若款项已在途，金币仍会到账",
        "The order can then not be paid; money that is on its way is still credited"
      )
    case .refund: ("退款", "Refund")
    case .refundText:
      (
        "金币立即从钱包扣回，款项原路退还",
        "Coins leave the wallet at once; the money goes back the way it came"
      )
    case .refundAmountHint: ("留空则全部退还，剩余可退", "All that is left if empty; left:")
    case .coinRule: ("金币处理", "Coins")
    case .giveUpRefund: ("放弃退款", "Give a refund up")
    case .giveUpRefundText:
      (
        "先向支付机构查询；仅当其确认没有该笔退款时才会终止，金币退回钱包",
        "The provider is asked first; only a refund that it does not know ends, and its coins go back to the wallet"
      )
    case .refundImpossible:
      ("目前无法执行该退款，金币未扣：", "Nobody could carry it out, so no coins were taken:")
    case .refundGivenUp: ("退款已终止，金币已退回", "The refund was given up and its coins are back")
    case .refundBusy:
      ("刚刚才向支付机构发出请求，请一分钟后再试", "It was tried a moment ago; please try again in a minute")
    case .refundKnown:
      ("支付机构已有该笔退款，只能由其完成", "The provider knows this refund; only the provider ends it")
    case .refundUnclear: ("支付机构没有明确答复：", "The provider gave no clear answer:")
    case .refundOver: ("该笔退款已结束", "This refund has come to its end")
    case .settlementStopped: ("结算已停止", "Settlement is stopped")
    case .confirmByHand: ("人工确认收款", "Confirm by hand")
    case .confirmByHandText:
      (
        "先向支付机构查询并保存答复；未获确认时凭您的确认入账，超过限额须另一位操作员批准",
        "The provider is asked first and its answer kept. Without its word yours books the money; above the limit a second operator has to approve"
      )
    case .providerNumberHint: ("支付机构后台显示的流水号", "As the provider's console shows it")
    case .users: ("用户", "Users")
    case .usernameStart: ("用户名开头", "User name begins with")
    case .role: ("角色", "Role")
    case .balance: ("余额", "Balance")
    case .registered: ("注册时间", "Registered")
    case .noUsers: ("没有符合条件的用户", "No user fits")
    case .active: ("正常", "Active")
    case .disabled: ("已停用", "Disabled")
    case .passwordTooShort:
      (
        "工作人员的密码至少 12 个字符：请该用户先改用更长的密码",
        "Staff need a password of at least 12 characters: the user has to choose a new one first"
      )
    case .erased: ("已删除", "Erased")
    case .allOrders: ("全部订单", "All orders")
    case .reference: ("单号", "Reference")
    case .doneBefore: ("此前已执行，未重复操作", "It was done before; nothing was changed")
    case .tooFewCoins: ("钱包里的金币不足", "The wallet has fewer coins")
    case .grantCoins: ("发放金币", "Give coins")
    case .grantText:
      (
        "不涉及款项，立即到账；超过限额或发给自己时，须另一位管理员批准",
        "Without money, at once; beyond the limit and for yourself when another administrator agrees"
      )
    case .deductCoins: ("扣除金币", "Take coins")
    case .deductText: ("不会扣至负数", "Never below zero")
    case .disable: ("停用账号", "Disable")
    case .disableText: ("该用户将无法登录，现有会话立即结束", "The user cannot sign in; all sessions end")
    case .enable: ("恢复账号", "Enable")
    case .enableText: ("该用户可以重新登录", "The user can sign in again")
    case .changeRole: ("更改角色", "Change role")
    case .changeRoleText: ("立即生效", "It counts at once")
    case .inviteFactor: ("发放绑定码", "Give an enrolment code")
    case .inviteFactorText:
      (
        "该用户凭绑定码在 24 小时内绑定一次验证器。请当面或电话告知，不要与密码走同一渠道",
        "With it the user enrols an authenticator once within 24 hours. Tell it in person or by telephone, not the way the password went"
      )
    case .enrolmentCode: ("绑定码", "Enrolment code")
    case .enrolmentCodeText:
      (
        "请输入安装程序或其他管理员给您的一次性绑定码",
        "Enter the one-time code that setup or another administrator gave you"
      )
    case .resetFactor: ("重置两步验证", "Reset second factor")
    case .resetFactorText:
      (
        "用于设备遗失：该用户须重新启用，全部会话结束。请先核实身份",
        "For a lost device: the user enrols anew and all sessions end. Make sure who asks"
      )
    case .packages: ("套餐", "Packages")
    case .nameChinese: ("中文名称", "Chinese name")
    case .nameEnglish: ("英文名称", "English name")
    case .prices: ("价格", "Prices")
    case .position: ("排序", "Place")
    case .noPackages: ("没有套餐", "There is no package")
    case .createPackage: ("新建套餐", "New package")
    case .packageText: ("已有订单不受影响", "Orders already made keep what they bought")
    case .overdue: ("迟迟未完成的退款与付款", "Refunds and payments that do not come to an end")
    case .nothingOverdue: ("没有逾期未完成的退款或付款", "No refund or payment is overdue")
    case .priceRefused: ("支付机构不收取该价格：", "Providers do not charge this price:")
    case .packageWrong:
      (
        "请检查套餐：名称 1–64 个字符，金币至少 1，每种货币只能有一个大于 0 的价格，排序不超过 1,000,000",
        "Look at the package: names of 1 to 64 characters, at least 1 coin, one price above 0 for each currency, a place up to 1,000,000"
      )
    case .reasonNeeded: ("请填写原因，最多 255 个字符", "Give a reason of at most 255 characters")
    case .amountWrong:
      (
        "金额不正确，请填写大于 0 的数字，小数位数与货币相符，例如 3.30",
        "This is no amount; give a number above 0 with no more decimals than the currency has, such as 3.30"
      )
    case .coinsWrong:
      ("金币数须为大于 0 的整数", "Give a whole number of coins above 0")
    case .periodWrong:
      (
        "结束日期不能早于开始日期，时段最长一年（按小时查看时一个月）",
        "The period ends before it begins, or is longer than a year (by hour: a month)"
      )
    case .filterWrong: ("筛选条件不正确：", "This filter means nothing:")
    case .onSale: ("在售", "On sale")
    case .offSale: ("已下架", "Off sale")
    case .editPackage: ("修改", "Edit")
    case .takeOffSale: ("下架", "Take off sale")
    case .putOnSale: ("上架", "Put on sale")
    case .pricesHint:
      ("每种货币一个，例如 CNY:9.90 USD:1.49", "One for each currency, such as CNY:9.90 USD:1.49")
    case .bonus: ("赠送", "Bonus")
    case .queue: ("队列与挂账", "Queue")
    case .queuedEvents: ("事件队列", "Events")
    case .waitingEvents: ("等待处理", "Waiting")
    case .parkedEvents: ("已搁置", "Parked")
    case .oldest: ("最早等待", "Oldest")
    case .eventKey: ("事件标识", "Event key")
    case .retry: ("重试", "Retry")
    case .discard: ("丢弃", "Discard")
    case .discardText: ("事件不再处理，仍保留在收件箱", "It is given up for good and stays in the inbox")
    case .nothingParked: ("没有搁置的事件", "Nothing is parked")
    case .resolve: ("标记已处理", "Resolve")
    case .resolveText: ("写明查明的情况和处理方式", "Say what was found out and done")
    case .nothingInSuspense: ("没有挂账款项", "No money is in suspense")
    case .auditLog: ("操作记录", "Audit log")
    case .subject: ("对象", "Subject")
    case .action: ("操作", "Action")
    case .chainIntact: ("链完整", "Chain verified")
    case .chainBroken: ("链已被篡改", "Chain broken")
    case .settings: ("设置", "Settings")
    case .settingsText:
      ("当前生效的设置，只读，密钥不显示", "The settings in force; read-only, without secrets")
    case .unreadable:
      ("无法解密：密钥已移除或数据被改动", "It cannot be decrypted: the key is gone or bytes were altered")
    case .reconciliation: ("对账", "Reconciliation")
    case .day: ("日期", "Day")
    case .state: ("状态", "State")
    case .lines: ("账单行数", "Lines")
    case .matched: ("一致", "Matched")
    case .foreignLines: ("其他系统", "Of other software")
    case .differences: ("对账差异", "Differences")
    case .open: ("待处理", "Open")
    case .ours: ("本站", "Ours")
    case .theirs: ("支付机构", "Theirs")
    case .noRuns: ("还没有对账", "Nothing was compared yet")
    case .noDifferences: ("没有差异", "No differences")
    case .providerCalls: ("接口调用", "Calls to providers")
    case .operation: ("调用", "Call")
    case .milliseconds: ("毫秒", "ms")
    case .theirRequestID: ("对方编号", "Their number")
    case .doneByOperators: ("人工操作", "Done by operators")
    case .viewRecorded: ("此次查看已记录", "That you looked at this is recorded")
    }
  }
}
