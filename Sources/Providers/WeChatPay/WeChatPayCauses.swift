import Provider

/// From WeChat Pay's codes, of either version, to ours.
///
/// Source: pay.weixin.qq.com, error tables of each interface.
enum WeChatPayCauses {
  static func cause(_ code: String) -> Cause { Cause(kind(code), code) }

  /// WeChat Pay does not know itself what happened.
  static func isTemporary(_ code: String) -> Bool {
    switch code {
    case "SYSTEMERROR", "SYSTEM_ERROR", "BIZERR_NEED_RETRY", "FREQUENCY_LIMITED",
      "RATELIMIT_EXCEEDED", "RATELIMIT_EXCEED", "FREQUENCY_LIMIT_EXCEED", "USERPAYING":
      true
    default: false
    }
  }

  /// The number stands for another order or another state than we think.
  static func isConflict(_ code: String) -> Bool { kind(code) == .conflict }

  private static func kind(_ code: String) -> Cause.Kind {
    switch code {
    case "NOTENOUGH", "NOT_ENOUGH": .insufficientFunds
    case "RULELIMIT", "RULE_LIMIT", "INVALID_REQ_TOO_MUCH": .limitExceeded
    case "USER_ACCOUNT_ABNORMAL", "ACCOUNTERROR", "ACCOUNT_ERROR", "BANKERROR", "BANK_ERROR":
      .instrumentUnusable
    case "ORDERPAID", "ORDER_PAID", "ORDERCLOSED", "ORDER_CLOSED", "OUT_TRADE_NO_USED",
      "INVALID_REQUEST", "ORDERNOTEXIST", "ORDER_NOT_EXIST", "TRADE_ERROR", "TRADE_OVERDUE",
      "RESOURCE_NOT_EXISTS", "REFUNDNOTEXIST", "INVALID_TRANSACTIONID":
      .conflict
    case "SIGNERROR", "SIGN_ERROR", "NOAUTH", "NO_AUTH", "APPID_NOT_EXIST", "MCHID_NOT_EXIST",
      "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH":
      .configuration
    case "LACK_PARAMS", "PARAM_ERROR", "XML_FORMAT_ERROR", "REQUIRE_POST_METHOD",
      "POST_DATA_EMPTY", "NOT_UTF8":
      .invalidRequest
    case "SYSTEMERROR", "SYSTEM_ERROR", "BIZERR_NEED_RETRY", "FREQUENCY_LIMITED",
      "RATELIMIT_EXCEEDED":
      .unavailable
    default: .other
    }
  }
}
