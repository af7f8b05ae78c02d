import Audit
import Pages

extension OperatorAction.Recorded {
  /// What was done, in words; a newer version's action by its code.
  func name(_ language: Language) -> String {
    OperatorAction.Kind(rawValue: action)?.name(language) ?? action
  }
}

extension OperatorAction.Kind {
  func name(_ language: Language) -> String {
    let names = names
    return language == .chinese ? names.chinese : names.english
  }

  private var names: (chinese: String, english: String) {
    switch self {
    case .refund: ("退款", "Refund")
    case .giveUpRefund: ("放弃退款", "Give refund up")
    case .grantCoins: ("发放金币", "Grant coins")
    case .deductCoins: ("扣减金币", "Deduct coins")
    case .allowNegative: ("允许余额为负", "Allow a negative balance")
    case .forbidNegative: ("禁止余额为负", "Forbid a negative balance")
    case .resolveSuspense: ("处理挂账", "Resolve suspense")
    case .retryEvent: ("重试事件", "Retry event")
    case .discardEvent: ("放弃事件", "Discard event")
    case .resolveDifference: ("处理对账差异", "Resolve difference")
    case .resettleOrder: ("重新结算订单", "Settle order again")
    case .closeOrder: ("关闭订单", "Close order")
    case .queryOrder: ("查询订单", "Query order")
    case .requestConfirmation: ("申请人工确认", "Request confirmation")
    case .approveConfirmation: ("批准人工确认", "Approve confirmation")
    case .rejectConfirmation: ("驳回人工确认", "Reject confirmation")
    case .requestDeed: ("申请第二人批准", "Ask a second person")
    case .approveDeed: ("批准他人的操作", "Approve another's action")
    case .rejectDeed: ("驳回他人的操作", "Reject another's action")
    case .viewNotification: ("查看通知原文", "View notification")
    case .createUser: ("新建用户", "Create user")
    case .setPassword: ("重设密码", "Set password")
    case .setRole: ("设置角色", "Set role")
    case .disableUser: ("停用用户", "Disable user")
    case .enableUser: ("启用用户", "Enable user")
    case .createPackage: ("新建套餐", "Create package")
    case .editPackage: ("修改套餐", "Edit package")
    case .activatePackage: ("上架套餐", "Put package on sale")
    case .deactivatePackage: ("下架套餐", "Take package off sale")
    case .stepUp: ("再次验证身份", "Confirm identity")
    case .enrolSecondFactor: ("绑定验证器", "Enrol authenticator")
    case .renewRecoveryCodes: ("更新恢复码", "Renew recovery codes")
    case .resetSecondFactor: ("重置验证器", "Reset authenticator")
    case .inviteSecondFactor: ("发放绑定码", "Gave an enrolment code")
    case .switchMethod: ("开关支付方式", "Switch method")
    case .orderMethods: ("排列支付方式", "Arrange methods")
    case .pause: ("暂停", "Pause")
    case .stopPayments: ("停止结算", "Stop payments")
    case .resume: ("恢复", "Resume")
    case .purgeOrders: ("清理旧订单", "Purge old orders")
    case .eraseUser: ("删除个人数据", "Erase user")
    }
  }
}
