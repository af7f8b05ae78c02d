public import Crypto
public import Provider

/// What an operator got from Alipay's console.
public struct AlipayConfiguration: Sendable {
  /// How desktop browsers pay.
  public enum Product: String, CaseIterable, Sendable {
    /// The browser goes to Alipay's page (电脑网站支付).
    case page
    /// A QR code on our own page (当面付).
    case precreate
  }

  /// Whom to believe.
  public enum Trust: Sendable {
    /// 公钥模式: Alipay's key, as the console shows it.
    case publicKey(RSAPublicKey)
    /// 公钥证书模式.
    case certificates(AlipayCertificates)
  }

  let appID: String
  let privateKey: RSAPrivateKey
  let trust: Trust
  let gatewayURL: String
  let mode: ProviderMode
  public let notifyURL: String
  let returnURL: String
  /// The merchant's own number (2088…); checked in notifications when it is set.
  let sellerID: String?
  let product: Product

  public static let gatewayURLStandard = "https://openapi.alipay.com/gateway.do"

  public init(
    appID: String, privateKey: RSAPrivateKey, trust: Trust, gatewayURL: String, mode: ProviderMode,
    notifyURL: String, returnURL: String, sellerID: String?, product: Product
  ) {
    self.appID = appID
    self.privateKey = privateKey
    self.trust = trust
    self.gatewayURL = gatewayURL
    self.mode = mode
    self.notifyURL = notifyURL
    self.returnURL = returnURL
    self.sellerID = sellerID
    self.product = product
  }

  /// What may be shown to an operator.
  public var summary: String {
    switch trust {
    case .publicKey:
      "application \(appID), \(mode.rawValue), public-key mode, \(product.rawValue), \(gatewayURL)"
    case .certificates:
      "application \(appID), \(mode.rawValue), certificate mode, \(product.rawValue), \(gatewayURL)"
    }
  }

  /// Which mode an address is known for; nil for one that Alipay does not document, such as a proxy. The
  /// sandbox has had several addresses below the same domain.
  public static func mode(ofGateway url: String) -> ProviderMode? {
    let address = GatewayAddress(url)
    if address.isWithin("alipaydev.com") { return .sandbox }
    return address.isWithin("alipay.com") ? .live : nil
  }
}
