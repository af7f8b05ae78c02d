import HTTP
public import Provider
public import Vocabulary
import XML

extension WeChatPayV2 {
  /// `/pay/unifiedorder`: a QR code for a desktop, WeChat's own page for a phone's browser.
  public func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    guard let order = try? FlatDocument(payment.request.content) else {
      return .unavailable(Cause(.invalidRequest, "the stored request cannot be read"))
    }
    let isMobile = order["trade_type"] == WeChatPayV2.mobileTrade
    switch ask(payment.request.call, order.fields) {
    case .success(let document):
      if isMobile, let url = document["mweb_url"] {
        return WeChatPayOrder.started(
          .redirect(url: WeChatPayOrder.returning(url, to: payment.request.returnURL)))
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

  private static let mobileTrade = "MWEB"

  /// The order's own fields, with the only one that chance decides. Who we are is added and signed
  /// when they are sent.
  public func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    guard let nonce = try? WeChatPayAccount.nonce() else { return nil }
    return StartRequest(
      call: "/pay/unifiedorder", returnURL: payment.returnURL,
      content: FlatDocument.write(
        root: "xml", fields(payment) + [(WeChatPayV2.nonceField, nonce)]))
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
      ? [("trade_type", WeChatPayV2.mobileTrade), ("scene_info", scene(payment))]
      : [("trade_type", "NATIVE"), ("product_id", payment.orderNumber.text)]
    return (common + product).map { (name: $0.0, value: $0.1) }
  }

  private struct Scene: Encodable {
    struct Page: Encodable {
      let type = "Wap"
      let wapUrl: String
      let wapName: String

      enum CodingKeys: String, CodingKey {
        case type
        case wapUrl = "wap_url"
        case wapName = "wap_name"
      }
    }

    let h5Info: Page

    enum CodingKeys: String, CodingKey {
      case h5Info = "h5_info"
    }
  }

  /// Of `scene_info`.
  private static let sceneLimit = TextLimit(256, .utf16Units)

  /// The page that the buyer comes from: our site, by its address and its host.
  private func scene(_ payment: PaymentRequest) -> String {
    let parts = payment.returnURL.split(separator: "/", omittingEmptySubsequences: true)
    let host = parts.count > 1 ? String(parts[1]) : ""
    let page = Scene.Page(wapUrl: "\(parts.first ?? "https:")//\(host)", wapName: host)
    let text = String(
      decoding: JSON.encode(Scene(h5Info: page)) ?? [], as: UTF8.self)
    guard WeChatPayV2.sceneLimit.fits(text) else {
      return #"{"h5_info":{"type":"Wap"}}"#
    }
    return text
  }
}
