import Provider
import Settings

/// The settings of Alipay.
enum AlipaySetting {
  static let appID = Setting(
    "ALIPAY_APP_ID", help: "Alipay: a public key, or the three certificates.")
  static let privateKey = Setting(
    "ALIPAY_PRIVATE_KEY", .key, isSecret: true, example: "/etc/coinpay/alipay.key")
  static let publicKey = Setting("ALIPAY_PUBLIC_KEY", .key)
  static let appCertificate = Setting("ALIPAY_APP_CERT", .key)
  static let alipayCertificate = Setting("ALIPAY_CERT", .key)
  static let rootCertificates = Setting("ALIPAY_ROOT_CERT", .key)
  static let notifyURL = Setting(
    "ALIPAY_NOTIFY_URL",
    help: "Where Alipay notifies and sends buyers back; the site's own without these.",
    example: "https://shop.example/api/payment/webhook/alipay")
  static let returnURL = Setting(
    "ALIPAY_RETURN_URL", example: "https://shop.example/payment/success")
  static let gatewayURL = Setting(
    "ALIPAY_GATEWAY_URL", standard: AlipayConfiguration.gatewayURLStandard)
  static let mode = Setting(
    "ALIPAY_MODE", oneOf: ProviderMode.self,
    help: "live or sandbox; known by itself for Alipay's own addresses, live for any other.",
    example: .live)
  static let sellerID = Setting(
    "ALIPAY_SELLER_ID", help: "The merchant's own number (2088…), checked in notifications.")
  static let product = Setting(
    "ALIPAY_PRODUCT", oneOf: AlipayConfiguration.Product.self, standard: .page,
    help: "How desktops pay: page (on Alipay's page) or precreate (a QR code on ours).")

  static let certificates = [appCertificate, alipayCertificate, rootCertificates]
  /// One of these turns Alipay on.
  static let required =
    [appID, privateKey, publicKey, notifyURL, returnURL] + certificates
  static let group = SettingGroup(
    [appID, privateKey, publicKey] + certificates + [
      notifyURL, returnURL, gatewayURL, mode, sellerID, product,
    ])
}
