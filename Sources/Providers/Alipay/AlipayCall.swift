import Crypto
import HTTP
import HTTPSClient
import Provider
import Vocabulary

/// A request to the gateway: method, business content and addresses.
struct AlipayCall {
  let method: String
  /// `biz_content`
  let content: String
  var notifyURL: String?
  var returnURL: String?

  init(method: String, content: String, notifyURL: String? = nil, returnURL: String? = nil) {
    self.method = method
    self.content = content
    self.notifyURL = notifyURL
    self.returnURL = returnURL
  }

  init(
    method: String, content: any Encodable & Sendable, notifyURL: String? = nil,
    returnURL: String? = nil
  ) {
    self.init(
      method: method, content: AlipayCall.text(of: content), notifyURL: notifyURL,
      returnURL: returnURL)
  }

  static func text(of content: any Encodable & Sendable) -> String {
    String(decoding: JSON.encode(content) ?? [], as: UTF8.self)
  }
}

extension AlipayProvider {
  /// Every parameter of a call with its signature.
  ///
  /// - Throws: `CryptoError` when OpenSSL cannot sign.
  func parameters(
    _ call: AlipayCall, now: Timestamp
  ) throws(CryptoError) -> [(name: String, value: String)] {
    var parameters = [
      ("app_id", configuration.appID), ("method", call.method), ("format", "JSON"),
      ("charset", "utf-8"), ("sign_type", "RSA2"), ("timestamp", now.beijing), ("version", "1.0"),
      ("biz_content", call.content),
    ]
    if let url = call.notifyURL { parameters.append(("notify_url", url)) }
    if let url = call.returnURL { parameters.append(("return_url", url)) }
    if case .certificates(let certificates) = configuration.trust {
      parameters.append(("app_cert_sn", certificates.appSerial))
      parameters.append(("alipay_root_cert_sn", certificates.rootSerial))
    }
    let signature = try AlipaySignature.sign(
      parameters.map { (name: $0.0, value: $0.1) }, configuration.privateKey)
    return parameters.map { (name: $0.0, value: $0.1) } + [("sign", signature)]
  }

  /// Asks the gateway and checks that the answer is Alipay's.
  func ask(_ call: AlipayCall, now: Timestamp) -> AlipayAnswer {
    let sent = client.sendRepeatably { () throws(CryptoError) in try post(call, now: now) }
    switch sent {
    case .answered(let response): return read(response, call.method, now: now)
    case .notSent(let cause): return .notSent(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func post(_ call: AlipayCall, now: Timestamp) throws(CryptoError) -> ClientRequest {
    let parameters = try parameters(call, now: now)
    // The charset stands in the address, so that the gateway knows it before it reads the body.
    return ClientRequest(
      method: .post, url: configuration.gatewayURL + "?charset=utf-8",
      headers: [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")],
      body: Array(PercentCoding.encodeForm(parameters).utf8))
  }

  private func read(
    _ response: ClientResponse, _ method: String, now: Timestamp
  ) -> AlipayAnswer {
    guard response.status == 200 else {
      return .unknown(Cause(.unavailable, "HTTP \(response.status)"))
    }
    guard let envelope = AlipayEnvelope(response.body, method: method) else {
      return .unknown(Cause(.unavailable, "the answer is not of Alipay's form"))
    }
    return envelope.answer(isGenuine: isGenuine(envelope, method, now: now))
  }

  private func isGenuine(_ envelope: AlipayEnvelope, _ method: String, now: Timestamp) -> Bool {
    guard let signature = envelope.signature else { return false }
    // This answer brings the certificate itself, so its signature can prove nothing.
    if method == AlipayMethod.certificateDownload { return false }
    if let serial = envelope.certificateSerial, !keys.isKnown(serial: serial) {
      fetchCertificate(serial, now: now)
    }
    return AlipaySignature.isValid(
      signature, for: envelope.node, keys.candidates(serial: envelope.certificateSerial))
  }
}

/// The names of the interfaces.
enum AlipayMethod {
  static let pagePay = "alipay.trade.page.pay"
  static let wapPay = "alipay.trade.wap.pay"
  static let precreate = "alipay.trade.precreate"
  static let query = "alipay.trade.query"
  static let close = "alipay.trade.close"
  static let refund = "alipay.trade.refund"
  static let refundQuery = "alipay.trade.fastpay.refund.query"
  static let billAddress = "alipay.data.dataservice.bill.downloadurl.query"
  static let certificateDownload = "alipay.open.app.alipaycert.download"
}
