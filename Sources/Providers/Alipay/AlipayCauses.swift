import Provider

/// From Alipay's codes to ours. Source: opendocs.alipay.com/common/105806 and the error tables of each interface.
enum AlipayCauses {
  static func cause(code: String, subCode: String) -> Cause {
    Cause(kind(code: code, subCode: subCode), subCode.isEmpty ? code : subCode)
  }

  /// The gateway does not know itself what happened.
  static func isTemporary(_ subCode: String) -> Bool {
    switch subCode {
    case "ACQ.SYSTEM_ERROR", "SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "ACQ.REQUEST_PROCESSING": true
    default: false
    }
  }

  private static func kind(code: String, subCode: String) -> Cause.Kind {
    switch subCode {
    case "ACQ.BUYER_BALANCE_NOT_ENOUGH", "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH",
      "ACQ.SELLER_BALANCE_NOT_ENOUGH":
      return .insufficientFunds
    case "ACQ.TOTAL_FEE_EXCEED", "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR",
      "ACQ.BEYOND_PAY_RESTRICTION", "ACQ.BEYOND_PER_RECEIPT_RESTRICTION":
      return .limitExceeded
    case "ACQ.PAYMENT_REQUEST_HAS_RISK", "ACQ.RISK_MERCHANT_IP_NOT_EXIST": return .suspectedFraud
    case "ACQ.BUYER_NOT_EXIST", "ACQ.BUYER_ENABLE_STATUS_FORBID",
      "ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT":
      return .instrumentUnusable
    case "ACQ.TRADE_HAS_CLOSE", "ACQ.TRADE_HAS_FINISHED", "ACQ.TRADE_STATUS_ERROR",
      "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.TRADE_HAS_SUCCESS", "ACQ.CONTEXT_INCONSISTENT",
      "ACQ.TRADE_NOT_EXIST", "ACQ.DISCORDANT_REPEAT_REQUEST", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
      "ACQ.REFUND_AMT_RESTRICTION":
      return .conflict
    case "ACQ.INVALID_PARAMETER", "ACQ.PARTNER_ERROR": return .invalidRequest
    case "ACQ.ACCESS_FORBIDDEN", "ACQ.SELLER_BEEN_BLOCKED", "ACQ.PARTNER_SIGN_INVALID":
      return .configuration
    default: return kind(code: code)
    }
  }

  private static func kind(code: String) -> Cause.Kind {
    switch code {
    case "20000": .unavailable
    case "40001": .invalidRequest
    case "20001", "40002", "40003", "40006": .configuration
    default: .other
    }
  }
}
