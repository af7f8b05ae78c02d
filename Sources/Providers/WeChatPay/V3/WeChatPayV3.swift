import Crypto
public import HTTP
public import HTTPSClient
import HTTPTypes
public import Provider
public import Vocabulary

/// WeChat Pay (微信支付) by its interface v3: JSON, signed with RSA in both directions.
public struct WeChatPayV3: PaymentProvider {
  let us: WeChatPayAccount
  let credentials: WeChatPayV3Credentials
  let client: HTTPSClient
  let keys: WeChatPayV3Keys

  /// - Parameter client: bounds, trust and reports of the calls.
  public init(
    _ account: WeChatPayAccount, _ credentials: WeChatPayV3Credentials,
    client: HTTPSClientConfiguration
  ) {
    us = account
    self.credentials = credentials
    self.client = HTTPSClient(client)
    keys = WeChatPayV3Keys(credentials)
  }

  public var method: PaymentMethod { .wechat }
  public var currency: Currency { .cny }
  public var isAvailable: Bool { client.isAvailable }
  public var closeableAfterSeconds: Int64 { WeChatPayOrder.closeableAfterSeconds }
  public var account: ProviderAccount { us.providerAccount }

  public func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  private struct Failure: Encodable {
    let code = "FAIL"
    let message: String
  }

  /// An answer of status 200 would never be sent again, whatever it says.
  public func acknowledgement(_ acknowledgement: Acknowledgement) -> Response {
    switch acknowledgement {
    case .accepted: .empty(.noContent)
    case .refused(let refusal): .json(Failure(message: refusal.rawValue), status: .badRequest)
    case .tryAgain: .json(Failure(message: "try again"), status: .serviceUnavailable)
    }
  }
}
