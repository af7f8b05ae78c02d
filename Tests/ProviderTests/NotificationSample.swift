import Alipay
import Crypto
import HTTP
import HTTPSClient
import HTTPTypes
import Kit
import Provider
import Stripe
import Testing
import Vocabulary
import WeChatPay

/// A notification of each kind that a provider authenticates in its own way.
enum NotificationSample: CaseIterable, CustomTestStringConvertible {
  case alipayRefund
  /// Signed by a weaker algorithm than ours.
  case weChatPayV2Payment
  case weChatPayV2Refund
  case weChatPayV3Payment
  case stripeDispute

  static let now = Timestamp(unixSeconds: 1_800_000_000)
  private static let number = "COIN_20260101_00000001"
  private static let key = "0123456789abcdef0123456789abcdef"

  var testDescription: String { "\(self)" }

  /// Whether it says less than has to be known.
  var leavesOpen: Bool { self != .weChatPayV3Payment }

  /// - Parameter body: gets the provider and its gateway, which knows nothing.
  func run(_ body: (any PaymentProvider, LoopbackServer) throws -> Void) throws {
    let server = try LoopbackServer { _ in .answer(.answer("503 Service Unavailable", [])) }
    try server.run { server in try body(try provider(server.url), server) }
  }

  func genuine() throws -> Request { try request(forged: false) }
  func forged() throws -> Request { try request(forged: true) }

  private func provider(_ url: String) throws -> any PaymentProvider {
    let client = HTTPSClientConfiguration(name: "TEST")
    let privateKey = try RSAPrivateKey(text: PublishedKey.privateKey)
    let publicKey = try RSAPublicKey(text: PublishedKey.publicKey)
    let weChatPay = WeChatPayAccount(
      appID: "wx1", merchantID: "1900000001", gatewayURL: url, mode: .sandbox,
      notifyURL: "https://shop.example/notify")
    switch self {
    case .alipayRefund:
      return AlipayProvider(
        AlipayConfiguration(
          appID: "2021", privateKey: privateKey, trust: .publicKey(publicKey), gatewayURL: url,
          mode: .sandbox, notifyURL: "https://shop.example/notify",
          returnURL: "https://shop.example/return", sellerID: nil, product: .page),
        client: client)
    case .weChatPayV2Payment, .weChatPayV2Refund:
      return try WeChatPayV2(
        weChatPay, apiKey: Secret(Self.key), algorithm: .hmacSHA256, identity: nil, client: client)
    case .weChatPayV3Payment:
      return WeChatPayV3(
        weChatPay,
        WeChatPayV3Credentials(
          apiKey: try #require(SymmetricKey(Array(Self.key.utf8))), certificateSerial: "01",
          privateKey: privateKey,
          publicKey: WeChatPayV3Credentials.NamedKey(serial: "PUB_KEY_ID_1", key: publicKey),
          platformCertificate: nil), client: client)
    case .stripeDispute:
      return StripeProvider(
        StripeConfiguration(
          publishableKey: "pk_test_unit", secretKey: Secret("sk_test_unit"),
          webhookSecrets: [Secret(Self.key)], apiURL: url, currency: .usd), client: client)
    }
  }

  private func request(forged: Bool) throws -> Request {
    switch self {
    case .alipayRefund: try Self.alipay(forged)
    case .weChatPayV2Payment: Self.weChatPayV2(Self.signedPayment(forged))
    case .weChatPayV2Refund: Self.weChatPayV2(Self.sealedRefund(forged))
    case .weChatPayV3Payment: try Self.weChatPayV3(forged)
    case .stripeDispute: Self.stripe(forged)
    }
  }

  private static func alipay(_ forged: Bool) throws -> Request {
    let fields = [
      (name: "app_id", value: "2021"), (name: "gmt_refund", value: "2027-01-15 16:00:00"),
      (name: "notify_id", value: "n1"), (name: "out_biz_no", value: "\(number)R1"),
      (name: "out_trade_no", value: number), (name: "refund_fee", value: "1.00"),
      (name: "total_amount", value: "2.00"), (name: "trade_no", value: "t1"),
      (name: "trade_status", value: "TRADE_SUCCESS"),
    ]
    let content = fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let signature = try RSAPrivateKey(text: PublishedKey.privateKey).sign(
      Array((content + (forged ? "0" : "")).utf8))
    let proof = [
      (name: "sign_type", value: "RSA2"), (name: "sign", value: Base64.encode(signature)),
    ]
    return Request(
      method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
      body: Array(PercentCoding.encodeForm(fields + proof).utf8))
  }

  private static func weChatPayV2(_ fields: [(name: String, value: String)]) -> Request {
    let elements = fields.map { "<\($0.name)>\($0.value)</\($0.name)>" }.joined()
    return Request(method: .post, body: Array("<xml>\(elements)</xml>".utf8))
  }

  private static func signedPayment(_ forged: Bool) -> [(name: String, value: String)] {
    let fields = [
      (name: "appid", value: "wx1"), (name: "mch_id", value: "1900000001"),
      (name: "out_trade_no", value: number), (name: "result_code", value: "SUCCESS"),
      (name: "return_code", value: "SUCCESS"), (name: "total_fee", value: "100"),
      (name: "transaction_id", value: "t1"),
    ]
    let content = (fields + [(name: "key", value: forged ? "another" : key)])
      .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let signature = Hex.encode(MD5.digest(Array(content.utf8))).uppercased()
    return fields + [(name: "sign", value: signature)]
  }

  /// A refund of `number`, encrypted under the MD5 of `key` by the command openssl.
  private static func sealedRefund(_ forged: Bool) -> [(name: String, value: String)] {
    let box = """
      dDo+GCOVYtgSlXn23/zEWRVnL6cQT/gd6BIDjciagTgFsTCB1vsu/4iOYcz++GLDHITvLHF7qX3JnZaJ9/aryXVLqo6r\
      jjaU8sa5blNZMjZz8vl+FbrFoYKV/yaHEqatcncNpknJGLyEVspXANyI+vvVLJwjZPM7eYOgDq5JQYctVETlZ/RJ/jMr\
      GXQ9wS+c
      """
    return [
      (name: "appid", value: "wx1"), (name: "mch_id", value: "1900000001"),
      (name: "req_info", value: forged ? "A" + box.dropFirst() : box),
    ]
  }

  private static func weChatPayV3(_ forged: Bool) throws -> Request {
    let trade = """
      {"appid":"wx1","mchid":"1900000001","out_trade_no":"\(number)","trade_state":"SUCCESS",\
      "transaction_id":"t1","amount":{"total":100,"currency":"CNY"}}
      """
    let nonce = "0123456789ab"
    let box = try AEAD.seal(
      Array(trade.utf8), key: try #require(SymmetricKey(Array(key.utf8))),
      nonce: Array(nonce.utf8), associatedData: Array("transaction".utf8))
    let body = """
      {"id":"n1","event_type":"TRANSACTION.SUCCESS","resource_type":"encrypt-resource",\
      "resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"\(Base64.encode(box))",\
      "nonce":"\(nonce)","associated_data":"transaction"}}
      """
    let message = "\(now.unixSeconds)\nn\n\(body)\n" + (forged ? " " : "")
    let signature = try RSAPrivateKey(text: PublishedKey.privateKey).sign(Array(message.utf8))
    var headers = HTTPFields()
    headers[try #require(HTTPField.Name("Wechatpay-Signature"))] = Base64.encode(signature)
    headers[try #require(HTTPField.Name("Wechatpay-Serial"))] = "PUB_KEY_ID_1"
    headers[try #require(HTTPField.Name("Wechatpay-Timestamp"))] = String(now.unixSeconds)
    headers[try #require(HTTPField.Name("Wechatpay-Nonce"))] = "n"
    return Request(method: .post, headers: headers, body: Array(body.utf8))
  }

  private static func stripe(_ forged: Bool) -> Request {
    let body = """
      {"id":"evt_1","object":"event","type":"charge.dispute.created","created":\(now.unixSeconds),\
      "livemode":false,"data":{"object":{"id":"du_1","object":"dispute","amount":149,\
      "currency":"usd","livemode":false,"payment_intent":"pi_1","reason":"fraudulent",\
      "status":"needs_response"}}}
      """
    let code = HMACSHA256.authenticationCode(
      for: Array("\(now.unixSeconds).\(body)".utf8),
      key: Array((forged ? "another" : key).utf8))
    var headers = HTTPFields()
    if let name = HTTPField.Name("Stripe-Signature") {
      headers[name] = "t=\(now.unixSeconds),v1=\(Hex.encode(code))"
    }
    return Request(method: .post, headers: headers, body: Array(body.utf8))
  }
}
