import Crypto
public import HTTP
public import HTTPSClient
import HTTPTypes
public import Provider
public import Vocabulary

/// Alipay (支付宝) by its open platform: `page.pay`, `wap.pay` and `precreate`, signed with RSA2.
public struct AlipayProvider: PaymentProvider {
  let configuration: AlipayConfiguration
  let client: HTTPSClient
  let keys: AlipayKeys

  /// - Parameter client: bounds, trust and reports of the calls.
  public init(_ configuration: AlipayConfiguration, client: HTTPSClientConfiguration) {
    self.configuration = configuration
    self.client = HTTPSClient(client)
    keys = AlipayKeys(configuration.trust)
  }

  public var method: PaymentMethod { .alipay }
  public var currency: Currency { .cny }
  public var isAvailable: Bool { client.isAvailable }
  public var closeableAfterSeconds: Int64 { 0 }

  public var account: ProviderAccount {
    ProviderAccount(merchant: configuration.appID, isLive: configuration.mode == .live)
  }

  /// Exactly `success`; anything else makes Alipay send the notification again.
  ///
  /// Source: opendocs.alipay.com/open/270/105902.
  public func acknowledgement(_ acknowledgement: Acknowledgement) -> Response {
    switch acknowledgement {
    case .accepted: .text("success")
    case .refused: .text("fail", status: .badRequest)
    case .tryAgain: .text("fail", status: .serviceUnavailable)
    }
  }
}
