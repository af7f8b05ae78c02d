/// The codes of JSON errors, which programs may rely on.
public enum ErrorCode: String, CaseIterable, Sendable {
  case invalidRequest = "INVALID_REQUEST"
  case invalidParameters = "INVALID_PARAMETERS"
  case invalidPaymentMethod = "INVALID_PAYMENT_METHOD"
  case invalidCredentials = "INVALID_CREDENTIALS"
  case loginRequired = "LOGIN_REQUIRED"
  case wrongPassword = "WRONG_PASSWORD"
  case invalidPassword = "INVALID_PASSWORD"
  case weakPassword = "WEAK_PASSWORD"
  case forbidden = "FORBIDDEN"
  case formExpired = "FORM_EXPIRED"
  case accountDisabled = "ACCOUNT_DISABLED"
  case notFound = "NOT_FOUND"
  case orderNotFound = "ORDER_NOT_FOUND"
  case packageNotFound = "PACKAGE_NOT_FOUND"
  case packageNotForMethod = "PACKAGE_NOT_FOR_METHOD"
  case methodNotAllowed = "METHOD_NOT_ALLOWED"
  case conflict = "CONFLICT"
  case usernameTaken = "USERNAME_TAKEN"
  case payloadTooLarge = "PAYLOAD_TOO_LARGE"
  case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
  case tooManyPendingOrders = "TOO_MANY_PENDING_ORDERS"
  case tooManyPayments = "TOO_MANY_PAYMENTS"
  case amountLimit = "AMOUNT_LIMIT"
  case purchaseLimit = "PURCHASE_LIMIT"
  case cancelLimit = "CANCEL_LIMIT"
  case rateLimited = "RATE_LIMITED"
  case paymentMethodUnavailable = "PAYMENT_METHOD_UNAVAILABLE"
  case paymentBeingMade = "PAYMENT_BEING_MADE"
  case secondFactorRequired = "SECOND_FACTOR_REQUIRED"
  case invalidCode = "INVALID_CODE"
  case enrolmentCodeNeeded = "ENROLMENT_CODE_NEEDED"
  case passwordNeeded = "PASSWORD_NEEDED"
  case userNotFound = "USER_NOT_FOUND"
  case userErased = "USER_ERASED"
  case notYourself = "NOT_YOURSELF"
  case secondPersonNeeded = "SECOND_PERSON_NEEDED"
  case notPaid = "NOT_PAID"
  case disputed = "DISPUTED"
  case refundImpossible = "REFUND_IMPOSSIBLE"
  case refundTooLarge = "REFUND_TOO_LARGE"
  case coinsSpent = "COINS_SPENT"
  case keyReused = "KEY_REUSED"
  case ordersPaused = "ORDERS_PAUSED"
  case readOnly = "READ_ONLY"
  case overloaded = "OVERLOADED"
  case `internal` = "INTERNAL"

  /// The HTTP status that goes with the code.
  public var status: Int {
    switch self {
    case .invalidRequest, .invalidParameters, .invalidPaymentMethod, .invalidPassword,
      .weakPassword, .packageNotForMethod,
      .invalidCode:
      400
    case .invalidCredentials, .loginRequired: 401
    case .forbidden, .formExpired, .wrongPassword, .accountDisabled, .secondFactorRequired,
      .enrolmentCodeNeeded, .passwordNeeded:
      403
    case .notFound, .orderNotFound, .packageNotFound, .userNotFound: 404
    case .methodNotAllowed: 405
    case .conflict, .usernameTaken, .tooManyPendingOrders, .tooManyPayments, .amountLimit,
      .userErased, .notYourself,
      .secondPersonNeeded, .notPaid, .disputed, .refundImpossible, .refundTooLarge, .coinsSpent,
      .keyReused:
      409
    case .payloadTooLarge: 413
    case .unsupportedMediaType: 415
    case .rateLimited, .purchaseLimit, .cancelLimit: 429
    case .paymentMethodUnavailable, .paymentBeingMade, .ordersPaused, .readOnly, .overloaded: 503
    case .internal: 500
    }
  }

  /// What a person reads.
  public func message(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  /// What a person reads who may try again after a while.
  public func message(_ language: Language, retryAfterSeconds: Int64?) -> String {
    guard self == .rateLimited, let retryAfterSeconds, retryAfterSeconds > 0 else {
      return message(language)
    }
    return Phrase.tryAgainAfter.text(
      language, ["time": Names.wait(retryAfterSeconds, language)])
  }

  private var texts: (String, String) {
    switch self {
    case .invalidRequest: ("请求无效", "The request is not valid")
    case .invalidParameters: ("参数无效", "A parameter is not valid")
    case .invalidPaymentMethod: ("不支持的支付方式", "This payment method is not offered")
    case .invalidCredentials: ("用户名或密码不正确", "The user name or password is wrong")
    case .loginRequired: ("请先登录", "Please sign in first")
    case .forbidden: ("没有权限", "You may not do this")
    case .formExpired:
      ("页面已过期，请刷新后重试", "This page is too old; reload it and try again")
    case .wrongPassword: ("当前密码不正确", "The current password is wrong")
    case .invalidPassword:
      (
        "密码须有 10 至 256 个字符，工作人员至少 12 个",
        "A password has 10 to 256 characters, for staff at least 12"
      )
    case .weakPassword:
      (
        "这个密码太容易猜到：它是常见密码，或与用户名相近",
        "This password is easily guessed: many people use it, or it is much like the user name"
      )
    case .accountDisabled: ("账号已停用，请联系客服", "This account is disabled; please contact us")
    case .notFound: ("页面不存在", "There is nothing here")
    case .orderNotFound: ("订单不存在", "There is no such order")
    case .packageNotFound: ("套餐不存在或已下架", "There is no such package on sale")
    case .packageNotForMethod:
      (
        "该支付方式不支持此套餐，请换一种支付方式或套餐",
        "This package is not for this way of paying; please choose another of either"
      )
    case .methodNotAllowed: ("不支持的请求方法", "This method is not allowed here")
    case .conflict: ("与当前状态冲突", "This conflicts with the current state")
    case .usernameTaken: ("用户名已被使用", "This user name is taken")
    case .payloadTooLarge: ("请求内容过大", "The request is too large")
    case .unsupportedMediaType:
      ("请使用 Content-Type: application/json", "Use Content-Type: application/json")
    case .tooManyPendingOrders:
      ("待支付订单过多，请先支付或取消", "Too many unpaid orders; please pay or cancel one first")
    case .tooManyPayments:
      (
        "已多次更换支付方式，请用当前方式支付，或取消后重新下单",
        "The payment method was changed too often; pay by the present one, or cancel and order again"
      )
    case .amountLimit:
      ("金额超出该支付方式的范围，请换一种", "This method does not take this amount; please use another")
    case .purchaseLimit: ("今日购买已达上限，请明天再来", "Today's limit is reached; please come back tomorrow")
    case .cancelLimit: ("取消过于频繁，请稍后再试", "Too many cancelled orders; please try again later")
    case .rateLimited: ("操作过于频繁，请稍后再试", "Too many attempts; please try again later")
    case .paymentMethodUnavailable:
      ("该支付方式暂不可用，请换一种", "This payment method is unavailable now; please use another")
    case .paymentBeingMade:
      ("支付正在创建，请稍后再试", "The payment is still being made; please try again in a moment")
    case .secondFactorRequired:
      ("请先完成两步验证", "Please give a code of your second factor first")
    case .enrolmentCodeNeeded:
      (
        "需要安装程序或其他管理员给的一次性绑定码",
        "The one-time code of setup or another administrator is needed"
      )
    case .passwordNeeded:
      ("请再次输入当前密码以确认是您本人", "Please give your password again, to show that it is you")
    case .invalidCode: ("验证码不正确或已使用", "The code is wrong or was used before")
    case .userNotFound: ("用户不存在", "There is no such user")
    case .userErased:
      ("该用户的个人数据已删除，账号不能再更改", "This user is erased; the account cannot be changed any more")
    case .notYourself: ("不能对自己的账号执行此操作", "You may not do this to your own account")
    case .secondPersonNeeded: ("须由另一位操作员批准", "Another operator has to approve this")
    case .notPaid: ("订单没有可退的付款", "The order has no payment to give back")
    case .disputed:
      ("争议尚未结束，退款会造成重复退还", "A dispute is not over; a refund would pay it twice")
    case .refundImpossible:
      ("目前无法执行该退款", "Nobody could carry this refund out now")
    case .refundTooLarge: ("退款金额超过剩余可退金额", "The amount is more than what is left")
    case .coinsSpent:
      (
        "钱包里的金币不足以扣回，请换一种处理方式",
        "The wallet lacks the coins that would have to come back; choose another rule"
      )
    case .keyReused: ("同一请求编号已用于另一操作", "The request key belongs to another action")
    case .ordersPaused:
      ("系统维护中，暂停接受新订单，请稍后再来", "New orders are paused for maintenance; please come back soon")
    case .readOnly:
      ("系统维护中，暂时只能查看", "The site is being maintained; you can only look at things now")
    case .overloaded: ("系统繁忙，请稍后再试", "The service is busy; please try again soon")
    case .internal: ("系统错误，请稍后再试", "Something went wrong here; please try again later")
    }
  }
}
