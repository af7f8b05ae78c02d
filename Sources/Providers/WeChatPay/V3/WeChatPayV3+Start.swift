import HTTP
public import Provider
import Vocabulary

extension WeChatPayV3 {
  /// `native` for a desktop, `h5` for a phone's browser.
  public func start(_ payment: PaymentRequest) -> StartOutcome {
    let isMobile = payment.payer.isMobile
    let answer = post(
      "/v3/pay/transactions/\(isMobile ? "h5" : "native")", order(payment), now: payment.now)
    switch answer {
    case .success(let body):
      let started = JSON.decode(
        WeChatPayV3Wire.Started.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax,
        memberNames: .snakeCase)
      if isMobile, let url = started?.h5Url {
        return WeChatPayOrder.started(
          .redirect(url: WeChatPayOrder.returning(url, to: payment.returnURL)))
      }
      guard !isMobile, let code = started?.codeUrl, code.utf8.count <= 512 else {
        return .unknown(Cause(.unavailable, "the answer has no address to pay at"))
      }
      return WeChatPayOrder.started(.qrCode(text: code))
    case .failed(_, let code, let cause):
      if cause.kind == .configuration { return .unavailable(cause) }
      // An earlier attempt of ours may have made this order.
      return WeChatPayCauses.isConflict(code) ? .unknown(cause) : .refused(cause)
    case .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func order(_ payment: PaymentRequest) -> WeChatPayV3Wire.Order {
    WeChatPayV3Wire.Order(
      appid: us.appID, mchid: us.merchantID, description: WeChatPayOrder.description(payment),
      outTradeNo: payment.outTradeNo,
      timeExpire: WeChatPayOrder.deadline(payment).rfc3339(offsetSeconds: 8 * 3_600),
      notifyUrl: us.notifyURL,
      amount: WeChatPayV3Wire.Amount(
        total: payment.amount.minorUnits, currency: payment.amount.currency.code),
      sceneInfo: WeChatPayV3Wire.Order.Scene(
        payerClientIp: payment.payer.address,
        h5Info: payment.payer.isMobile ? WeChatPayV3Wire.Order.Scene.H5() : nil))
  }
}
