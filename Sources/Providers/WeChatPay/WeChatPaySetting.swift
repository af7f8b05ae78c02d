import Provider
import Settings

/// The settings of WeChat Pay.
enum WeChatPaySetting {
  static let appID = Setting(
    "WECHAT_APP_ID", help: "WeChat Pay, interface v3, or v2 where WECHAT_API_KEY alone is set.")
  static let merchantID = Setting("WECHAT_MCH_ID")
  static let notifyURL = Setting(
    "WECHAT_NOTIFY_URL", help: "Where WeChat Pay notifies; the site's own without it.",
    example: "https://shop.example/api/payment/webhook/wechat")
  static let gatewayURL = Setting(
    "WECHAT_GATEWAY_URL", standard: WeChatPayAccount.gatewayURLStandard)
  static let mode = Setting(
    "WECHAT_MODE", oneOf: ProviderMode.self,
    help: "live or sandbox; known by itself for WeChat Pay's own addresses, live for any other.",
    example: .live)
  static let version = Setting(
    "WECHAT_API_VERSION", oneOf: WeChatPaySettings.Version.self, example: .v3)
  static let apiKey = Setting("WECHAT_API_KEY", isSecret: true)
  static let algorithm = Setting(
    "WECHAT_SIGN_TYPE", oneOf: WeChatPayV2Signature.Algorithm.self, standard: .hmacSHA256)
  static let clientCertificate = Setting(
    "WECHAT_CLIENT_CERT", .key, example: "/etc/coinpay/apiclient_cert.pem")
  static let clientKey = Setting(
    "WECHAT_CLIENT_KEY", .key, isSecret: true, example: "/etc/coinpay/apiclient_key.pem")
  static let apiV3Key = Setting("WECHAT_API_V3_KEY", isSecret: true)
  static let certificateSerial = Setting("WECHAT_MCH_CERT_SERIAL")
  static let privateKey = Setting(
    "WECHAT_MCH_PRIVATE_KEY", .key, isSecret: true, example: "/etc/coinpay/apiclient_key.pem")
  static let publicKeyID = Setting("WECHAT_PAY_PUBLIC_KEY_ID")
  static let publicKey = Setting(
    "WECHAT_PAY_PUBLIC_KEY", .key, example: "/etc/coinpay/pub_key.pem")
  static let platformCertificate = Setting("WECHAT_PLATFORM_CERT", .key)

  private static let common = [appID, merchantID, notifyURL]
  private static let keys = [
    apiV3Key, certificateSerial, privateKey, publicKeyID, publicKey, platformCertificate,
  ]
  /// One of these turns WeChat Pay on.
  static let required = common + [apiKey, clientCertificate, clientKey] + keys
  static let group = SettingGroup(
    common + [gatewayURL, mode, version, apiKey, algorithm, clientCertificate, clientKey] + keys)
}
