import HTTP
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  /// `native` for a desktop, `h5` for a phone's browser.
  public func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    let isMobile = payment.request.call == WeChatPayV3.mobilePath
    switch post(payment.request.call, body: payment.request.content, now: now) {
    case .success(let body):
      let started = JSON.decode(
        WeChatPayV3Wire.Started.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax)
      if isMobile, let url = started?.h5Url {
        return WeChatPayOrder.started(
          .redirect(url: WeChatPayOrder.returning(url, to: payment.request.returnURL)))
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

  private static let mobilePath = "/v3/pay/transactions/h5"
  private static let desktopPath = "/v3/pay/transactions/native"

  public func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    JSON.encode(order(payment)).map { body in
      StartRequest(
        call: payment.payer.isMobile ? WeChatPayV3.mobilePath : WeChatPayV3.desktopPath,
        returnURL: payment.returnURL, content: body)
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
