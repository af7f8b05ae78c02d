import Crypto
import HTTP
import HTTPSClient
import Provider
import Vocabulary

extension WeChatPayV3 {
  /// An answer, sorted by what it says about the request.
  enum Answer {
    /// Signed; the bytes are the body.
    case success([UInt8])
    /// Signed: WeChat Pay did not do it.
    case failed(status: Int, code: String, Cause)
    /// Nothing was sent.
    case notSent(Cause)
    case unknown(Cause)
  }

  /// Levels of nesting that are looked at.
  static let depthLevelsMax = 32

  /// - Parameter target: path and query exactly as they are sent.
  func get(_ target: String, now: Timestamp) -> Answer { ask(.get, target, body: [], now: now) }

  func post(_ target: String, _ content: some Encodable, now: Timestamp) -> Answer {
    guard let body = JSON.encode(content) else {
      return .notSent(Cause(.invalidRequest, "the request cannot be written as JSON"))
    }
    return post(target, body: body, now: now)
  }

  /// - Parameter body: JSON.
  func post(_ target: String, body: [UInt8], now: Timestamp) -> Answer {
    ask(.post, target, body: body, now: now)
  }

  private func ask(
    _ method: ClientRequest.Method, _ target: String, body: [UInt8], now: Timestamp
  ) -> Answer {
    let sent = client.sendRepeatably { () throws(CryptoError) in
      try request(method, us.gatewayURL, target, body: body, now: now)
    }
    switch sent {
    case .answered(let response): return read(response, now: now)
    case .notSent(let cause): return .notSent(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  /// A request with the header `Authorization`.
  ///
  /// Source: pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-generation.html.
  func request(
    _ method: ClientRequest.Method, _ base: String, _ target: String, body: [UInt8],
    now: Timestamp
  ) throws(CryptoError) -> ClientRequest {
    let nonce = try WeChatPayAccount.nonce()
    let head = "\(method.rawValue)\n\(target)\n\(now.unixSeconds)\n\(nonce)\n"
    let signature = Base64.encode(
      try credentials.privateKey.sign(Array(head.utf8) + body + [0x0A]))
    var headers = [
      (
        "Authorization",
        "\(WeChatPayV3Signature.type) mchid=\"\(us.merchantID)\",nonce_str=\"\(nonce)\","
          + "signature=\"\(signature)\",timestamp=\"\(now.unixSeconds)\","
          + "serial_no=\"\(credentials.certificateSerial)\""
      ), ("Accept", "application/json"),
    ]
    if method == .post { headers.append(("Content-Type", "application/json")) }
    if let serial = keys.preferredSerial { headers.append(("Wechatpay-Serial", serial)) }
    return ClientRequest(
      method: method, url: base + target, headers: headers.map { (name: $0.0, value: $0.1) },
      body: body, isSignedForOneUse: true)
  }

  private struct Failure: Decodable {
    let code: String
  }

  /// Whatever is not signed is no fact about an order, not even a refusal.
  private func read(_ response: ClientResponse, now: Timestamp) -> Answer {
    let failure = JSON.decode(
      Failure.self, from: response.body, depthLevelsMax: WeChatPayV3.depthLevelsMax)
    let code = failure?.code ?? "HTTP \(response.status)"
    guard isGenuine(response, now: now) else {
      let kind: Cause.Kind = response.status == 401 ? .configuration : .unavailable
      return .unknown(Cause(kind, "\(code), not signed by WeChat Pay"))
    }
    switch response.status {
    case 200, 204: return .success(response.body)
    case 400..<500 where !WeChatPayCauses.isTemporary(code):
      return .failed(status: response.status, code: code, WeChatPayCauses.cause(code))
    default: return .unknown(WeChatPayCauses.cause(code))
    }
  }

  private func isGenuine(_ response: ClientResponse, now: Timestamp) -> Bool {
    do throws(NotificationRefusal) {
      let signature = try WeChatPayV3Signature { response[header: $0] }
      guard case .known(let key) = key(signature.serial, now: now) else { return false }
      try signature.verify(response.body, key: key, now: now)
      return true
    } catch {
      return false
    }
  }
}
