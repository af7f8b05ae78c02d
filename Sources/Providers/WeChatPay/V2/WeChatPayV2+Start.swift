import HTTP
public import Provider
import Vocabulary
import XML

extension WeChatPayV2 {
  /// `/pay/unifiedorder`: a QR code for a desktop, WeChat's own page for a phone's browser.
  public func start(_ payment: PaymentRequest) -> StartOutcome {
    let isMobile = payment.payer.isMobile
    switch ask("/pay/unifiedorder", fields(payment)) {
    case .success(let document):
      if isMobile, let url = document["mweb_url"] {
        return WeChatPayOrder.started(
          .redirect(url: WeChatPayOrder.returning(url, to: payment.returnURL)))
      }
      guard !isMobile, let code = document["code_url"], code.utf8.count <= 512 else {
        return .unknown(Cause(.unavailable, "the answer has no address to pay at"))
      }
      return WeChatPayOrder.started(.qrCode(text: code))
    case .failed(let code, let cause):
      // An earlier attempt of ours may have made this order.
      return WeChatPayCauses.isConflict(code) ? .unknown(cause) : .refused(cause)
    case .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func fields(_ payment: PaymentRequest) -> [(name: String, value: String)] {
    let common = [
      ("body", WeChatPayOrder.description(payment)), ("out_trade_no", payment.outTradeNo),
      ("total_fee", String(payment.amount.minorUnits)), ("fee_type", payment.amount.currency.code),
      ("spbill_create_ip", payment.payer.address), ("time_start", payment.createdAt.compactBeijing),
      ("time_expire", WeChatPayOrder.deadline(payment).compactBeijing),
      ("notify_url", us.notifyURL),
    ]
    let product =
      payment.payer.isMobile
      ? [("trade_type", "MWEB"), ("scene_info", #"{"h5_info":{"type":"Wap"}}"#)]
      : [("trade_type", "NATIVE"), ("product_id", payment.orderNumber.text)]
    return (common + product).map { (name: $0.0, value: $0.1) }
  }
}
