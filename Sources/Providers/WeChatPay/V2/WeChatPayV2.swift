public import Crypto
public import HTTP
public import HTTPSClient
import HTTPTypes
public import Provider
public import Vocabulary
import XML

/// WeChat Pay (微信支付) by its interface v2: XML, signed with a shared key.
public struct WeChatPayV2: PaymentProvider {
  let us: WeChatPayAccount
  let apiKey: Secret
  let algorithm: WeChatPayV2Signature.Algorithm
  let client: HTTPSClient
  /// Shows our certificate, which refunds ask for; nil when there is none.
  let refundClient: HTTPSClient?
  let clientCertificate: Certificate?

  /// - Parameters:
  ///   - identity: `apiclient_cert.pem` and `apiclient_key.pem`; without them nothing is refunded.
  ///   - client: bounds, trust and reports of the calls.
  /// - Throws: `KeyError` when the certificate of `identity` cannot be read.
  public init(
    _ account: WeChatPayAccount, apiKey: Secret, algorithm: WeChatPayV2Signature.Algorithm,
    identity: ClientIdentity?, client: HTTPSClientConfiguration
  ) throws(KeyError) {
    us = account
    self.apiKey = apiKey
    self.algorithm = algorithm
    self.client = HTTPSClient(client)
    guard let identity else {
      refundClient = nil
      clientCertificate = nil
      return
    }
    clientCertificate = try Certificate.first(text: identity.certificatePEM)
    var configuration = client
    configuration.clientIdentity = identity
    refundClient = HTTPSClient(configuration)
  }

  public var method: PaymentMethod { .wechat }
  public var currency: Currency { .cny }
  public var isAvailable: Bool { client.isAvailable }
  public var closeableAfterSeconds: Int64 { WeChatPayOrder.closeableAfterSeconds }
  public var account: ProviderAccount { us.providerAccount }

  public func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  /// Source: pay.weixin.qq.com/doc/v2/merchant/4011937248.
  public func acknowledgement(_ acknowledgement: Acknowledgement) -> Response {
    switch acknowledgement {
    case .accepted: answer("SUCCESS", "OK", .ok)
    case .refused(let refusal): answer("FAIL", refusal.rawValue, .badRequest)
    case .tryAgain: answer("FAIL", "try again", .serviceUnavailable)
    }
  }

  private func answer(_ code: String, _ message: String, _ status: HTTPResponse.Status) -> Response
  {
    Response(
      status: status, headers: [.contentType: "text/xml; charset=utf-8"],
      body: FlatDocument.write(
        root: "xml", [("return_code", code), ("return_msg", message)]))
  }
}
