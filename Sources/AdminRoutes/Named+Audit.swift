public import Audit
public import Pages

extension OperatorAction.Kind: Named {
  public var phrase: Phrase {
    switch self {
    case .refund: .actionRefund
    case .giveUpRefund: .actionGiveUpRefund
    case .grantCoins: .actionGrantCoins
    case .deductCoins: .actionDeductCoins
    case .allowNegative: .actionAllowNegative
    case .forbidNegative: .actionForbidNegative
    case .resolveSuspense: .actionResolveSuspense
    case .retryEvent: .actionRetryEvent
    case .discardEvent: .actionDiscardEvent
    case .resolveDifference: .actionResolveDifference
    case .resettleOrder: .actionResettleOrder
    case .closeOrder: .actionCloseOrder
    case .queryOrder: .actionQueryOrder
    case .requestConfirmation: .actionRequestConfirmation
    case .approveConfirmation: .actionApproveConfirmation
    case .rejectConfirmation: .actionRejectConfirmation
    case .requestDeed: .actionRequestDeed
    case .approveDeed: .actionApproveDeed
    case .rejectDeed: .actionRejectDeed
    case .viewNotification: .actionViewNotification
    case .createUser: .actionCreateUser
    case .setPassword: .actionSetPassword
    case .setRole: .actionSetRole
    case .disableUser: .actionDisableUser
    case .enableUser: .actionEnableUser
    case .createPackage: .actionCreatePackage
    case .editPackage: .actionEditPackage
    case .activatePackage: .actionActivatePackage
    case .deactivatePackage: .actionDeactivatePackage
    case .stepUp: .actionStepUp
    case .enrolSecondFactor: .actionEnrolSecondFactor
    case .renewRecoveryCodes: .actionRenewRecoveryCodes
    case .resetSecondFactor: .actionResetSecondFactor
    case .inviteSecondFactor: .actionInviteSecondFactor
    case .switchMethod: .actionSwitchMethod
    case .orderMethods: .actionOrderMethods
    case .pause: .actionPause
    case .stopPayments: .actionStopPayments
    case .resume: .actionResume
    case .purgeOrders: .actionPurgeOrders
    case .eraseUser: .actionEraseUser
    case .exportUser: .actionExportUser
    }
  }
}
