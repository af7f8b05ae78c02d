/// Why a payment failed, in words that help the person who wanted to pay.
public enum FailureReason: CaseIterable, Sendable {
  case insufficientFunds, declined, authenticationFailed, suspectedFraud, limitExceeded
  case instrumentUnusable, cancelled, expired, unavailable, unknown

  public func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  private var texts: (String, String) {
    switch self {
    case .insufficientFunds:
      ("余额不足，请换一张卡或换一种支付方式", "There was not enough money; please use another card or method")
    case .declined:
      ("银行或支付机构拒绝了这笔付款", "The bank or the payment provider declined the payment")
    case .authenticationFailed:
      ("身份验证未通过，请重试并完成验证", "You could not be verified; please try again and finish the check")
    case .suspectedFraud:
      ("支付机构出于安全原因拦截了付款，请联系发卡行", "The payment was stopped for safety; please ask your bank")
    case .limitExceeded:
      ("超出了银行或支付机构的限额", "A limit of your bank or the payment provider was exceeded")
    case .instrumentUnusable:
      ("银行卡、账户或付款码已失效，请换一个", "The card, account or code can no longer be used; please use another")
    case .cancelled: ("付款已取消", "The payment was given up")
    case .expired: ("没有在规定时间内付款", "It was not paid in time")
    case .unavailable:
      ("支付机构暂时没有响应，请稍后再试", "The payment provider does not answer; please try again later")
    case .unknown:
      (
        "支付机构没有说明原因，请重试或换一种支付方式",
        "The provider gave no reason; please try again or use another method"
      )
    }
  }
}
