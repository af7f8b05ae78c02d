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
  public func message(_ language: Language) -> String { name(language) }

  /// What a person reads who may try again after a while.
  public func message(_ language: Language, retryAfterSeconds: Int64?) -> String {
    guard self == .rateLimited, let retryAfterSeconds, retryAfterSeconds > 0 else {
      return message(language)
    }
    return Phrase.tryAgainAfter.text(
      language, ["time": Names.wait(retryAfterSeconds, language)])
  }
}

extension ErrorCode: Named {
  public var phrase: Phrase {
    switch self {
    case .invalidRequest: .errorInvalidRequest
    case .invalidParameters: .errorInvalidParameters
    case .invalidPaymentMethod: .errorInvalidPaymentMethod
    case .invalidCredentials: .errorInvalidCredentials
    case .loginRequired: .errorLoginRequired
    case .forbidden: .errorForbidden
    case .formExpired: .errorFormExpired
    case .wrongPassword: .errorWrongPassword
    case .invalidPassword: .errorInvalidPassword
    case .weakPassword: .errorWeakPassword
    case .accountDisabled: .errorAccountDisabled
    case .notFound: .errorNotFound
    case .orderNotFound: .errorOrderNotFound
    case .packageNotFound: .errorPackageNotFound
    case .packageNotForMethod: .errorPackageNotForMethod
    case .methodNotAllowed: .errorMethodNotAllowed
    case .conflict: .errorConflict
    case .usernameTaken: .errorUsernameTaken
    case .payloadTooLarge: .errorPayloadTooLarge
    case .unsupportedMediaType: .errorUnsupportedMediaType
    case .tooManyPendingOrders: .errorTooManyPendingOrders
    case .tooManyPayments: .errorTooManyPayments
    case .amountLimit: .errorAmountLimit
    case .purchaseLimit: .errorPurchaseLimit
    case .cancelLimit: .errorCancelLimit
    case .rateLimited: .errorRateLimited
    case .paymentMethodUnavailable: .errorPaymentMethodUnavailable
    case .paymentBeingMade: .errorPaymentBeingMade
    case .secondFactorRequired: .errorSecondFactorRequired
    case .enrolmentCodeNeeded: .errorEnrolmentCodeNeeded
    case .passwordNeeded: .errorPasswordNeeded
    case .invalidCode: .errorInvalidCode
    case .userNotFound: .errorUserNotFound
    case .userErased: .errorUserErased
    case .notYourself: .errorNotYourself
    case .secondPersonNeeded: .errorSecondPersonNeeded
    case .notPaid: .errorNotPaid
    case .disputed: .errorDisputed
    case .refundImpossible: .errorRefundImpossible
    case .refundTooLarge: .errorRefundTooLarge
    case .coinsSpent: .errorCoinsSpent
    case .keyReused: .errorKeyReused
    case .ordersPaused: .errorOrdersPaused
    case .readOnly: .errorReadOnly
    case .overloaded: .errorOverloaded
    case .internal: .errorInternal
    }
  }
}
