import Crypto
import HTTPSClient
import Provider
import Vocabulary
import WeChatPay

/// The settings of WeChat Pay, by either version of its interface.
struct WeChatPaySettings {
  enum Version: String, CaseIterable {
    case v2
    case v3
  }

  enum Credentials {
    case v2(
      apiKey: Secret, WeChatPayV2Signature.Algorithm, identity: ClientIdentity?)
    case v3(WeChatPayV3Credentials)
  }

  let account: WeChatPayAccount
  let credentials: Credentials
  /// What may be shown to an operator.
  let summary: String

  static let names = [
    "WECHAT_APP_ID", "WECHAT_MCH_ID", "WECHAT_API_KEY", "WECHAT_NOTIFY_URL", "WECHAT_API_V3_KEY",
    "WECHAT_MCH_CERT_SERIAL", "WECHAT_MCH_PRIVATE_KEY", "WECHAT_PAY_PUBLIC_KEY_ID",
    "WECHAT_PAY_PUBLIC_KEY", "WECHAT_PLATFORM_CERT", "WECHAT_CLIENT_CERT", "WECHAT_CLIENT_KEY",
  ]
  /// Both keys, of v2 and v3, are 32 ASCII characters.
  static let keyCharacters = 32

  /// Nil when none of the settings is set, or when something is wrong with them.
  static func read(_ reader: inout SettingsReader, isProduction: Bool) -> WeChatPaySettings? {
    guard names.contains(where: { reader.text($0) != nil }) else { return nil }
    let gatewayURL = reader.text("WECHAT_GATEWAY_URL") ?? WeChatPayAccount.gatewayURLStandard
    if gatewayURL.hasSuffix("/") {
      reader.problem("WECHAT_GATEWAY_URL", "must not end with a slash")
    }
    let appID = reader.required("WECHAT_APP_ID")
    let merchantID = reader.required("WECHAT_MCH_ID")
    if merchantID.utf8.contains(where: { !(0x30...0x39).contains($0) }) {
      reader.problem("WECHAT_MCH_ID", "must be digits only")
    }
    let account = WeChatPayAccount(
      appID: appID, merchantID: merchantID, gatewayURL: gatewayURL,
      mode: reader.mode(
        "WECHAT_MODE", gateway: ("WECHAT_GATEWAY_URL", gatewayURL),
        known: WeChatPayAccount.mode(ofGateway: gatewayURL)),
      notifyURL: reader.notifyURL("WECHAT_NOTIFY_URL", isProduction: isProduction))
    let version = reader.choice("WECHAT_API_VERSION", standard: standardVersion(reader))
    let credentials =
      switch version {
      case .v2: v2(&reader)
      case .v3: v3(&reader)
      }
    guard let credentials else { return nil }
    return WeChatPaySettings(
      account: account, credentials: credentials,
      summary:
        "merchant \(merchantID), \(account.mode.rawValue), interface \(version.rawValue), \(gatewayURL)"
    )
  }

  /// New merchants begin with v3; whoever has set the key of v2 alone goes on with v2.
  private static func standardVersion(_ reader: SettingsReader) -> Version {
    let hasOldKey = reader.text("WECHAT_API_KEY") != nil
    return hasOldKey && reader.text("WECHAT_API_V3_KEY") == nil ? .v2 : .v3
  }

  private static func v2(_ reader: inout SettingsReader) -> Credentials? {
    let key = reader.secret("WECHAT_API_KEY")
    if !key.isEmpty { checkKey(key, "WECHAT_API_KEY", &reader) }
    let algorithm = reader.choice(
      "WECHAT_SIGN_TYPE", standard: WeChatPayV2Signature.Algorithm.hmacSHA256)
    var identity: ClientIdentity?
    if reader.text("WECHAT_CLIENT_CERT") != nil || reader.text("WECHAT_CLIENT_KEY") != nil {
      let certificate = reader.key("WECHAT_CLIENT_CERT") { (text) throws(KeyError) in
        (try Certificate.first(text: text), text)
      }
      let privateKey = reader.key("WECHAT_CLIENT_KEY") { (text) throws(KeyError) in
        (try RSAPrivateKey(text: text), text)
      }
      guard let certificate, let privateKey else { return nil }
      guard (try? certificate.0.publicKey())?.isSame(as: privateKey.0.publicKey) == true else {
        reader.problem("WECHAT_CLIENT_KEY", "is not the key of WECHAT_CLIENT_CERT")
        return nil
      }
      identity = ClientIdentity(certificatePEM: certificate.1, keyPEM: Secret(privateKey.1))
    }
    return .v2(apiKey: key, algorithm, identity: identity)
  }

  private static func v3(_ reader: inout SettingsReader) -> Credentials? {
    let key = reader.secret("WECHAT_API_V3_KEY")
    if !key.isEmpty { checkKey(key, "WECHAT_API_V3_KEY", &reader) }
    let serial = reader.required("WECHAT_MCH_CERT_SERIAL").uppercased()
    if !serial.isEmpty, !serial.utf8.allSatisfy({ isHexDigit($0) }) {
      reader.problem("WECHAT_MCH_CERT_SERIAL", "must be hexadecimal, as the console shows it")
    }
    let privateKey = reader.key("WECHAT_MCH_PRIVATE_KEY") { (text) throws(KeyError) in
      try RSAPrivateKey(text: text)
    }
    let publicKey = publicKey(&reader, privateKey)
    var platformCertificate: Certificate?
    if reader.text("WECHAT_PLATFORM_CERT") != nil {
      platformCertificate = reader.key("WECHAT_PLATFORM_CERT") { (text) throws(KeyError) in
        try Certificate.first(text: text)
      }
    }
    guard let privateKey, let apiKey = SymmetricKey(Array(key.reveal().utf8)) else { return nil }
    return .v3(
      WeChatPayV3Credentials(
        apiKey: apiKey, certificateSerial: serial, privateKey: privateKey, publicKey: publicKey,
        platformCertificate: platformCertificate))
  }

  private static func publicKey(
    _ reader: inout SettingsReader, _ privateKey: RSAPrivateKey?
  ) -> WeChatPayV3Credentials.NamedKey? {
    let names = ["WECHAT_PAY_PUBLIC_KEY_ID", "WECHAT_PAY_PUBLIC_KEY"]
    guard names.contains(where: { reader.text($0) != nil }) else { return nil }
    let serial = reader.required("WECHAT_PAY_PUBLIC_KEY_ID")
    if !serial.isEmpty, !serial.hasPrefix("PUB_KEY_ID_") {
      reader.problem("WECHAT_PAY_PUBLIC_KEY_ID", "must begin with PUB_KEY_ID_")
    }
    let key = reader.key("WECHAT_PAY_PUBLIC_KEY") { (text) throws(KeyError) in
      try RSAPublicKey(text: text)
    }
    guard let key else { return nil }
    guard privateKey?.publicKey.isSame(as: key) != true else {
      reader.problem(
        "WECHAT_PAY_PUBLIC_KEY",
        "is the public half of WECHAT_MCH_PRIVATE_KEY; download WeChat Pay's own (微信支付公钥)")
      return nil
    }
    return WeChatPayV3Credentials.NamedKey(serial: serial, key: key)
  }

  private static func checkKey(_ key: Secret, _ name: String, _ reader: inout SettingsReader) {
    guard key.reveal().utf8.count != keyCharacters else { return }
    reader.problem(name, "must have \(keyCharacters) characters")
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
  }
}
