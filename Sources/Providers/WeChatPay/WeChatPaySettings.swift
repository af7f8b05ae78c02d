import Crypto
import HTTPSClient
import Provider
import Settings
import Vocabulary

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

  /// Both keys, of v2 and v3, are 32 ASCII characters.
  static let keyCharacters = 32

  /// Nil when none of the settings is set, or when something is wrong with them.
  static func read(
    _ reader: inout SettingsReader, _ site: ProviderDescriptor.SiteFacts
  ) -> WeChatPaySettings? {
    guard reader.hasAny(of: WeChatPaySetting.required) else { return nil }
    let gatewayURL = reader.required(WeChatPaySetting.gatewayURL)
    if gatewayURL.hasSuffix("/") {
      reader.problem(WeChatPaySetting.gatewayURL, "must not end with a slash")
    }
    let appID = reader.required(WeChatPaySetting.appID)
    let merchantID = reader.required(WeChatPaySetting.merchantID)
    if merchantID.utf8.contains(where: { !(0x30...0x39).contains($0) }) {
      reader.problem(WeChatPaySetting.merchantID, "must be digits only")
    }
    let account = WeChatPayAccount(
      appID: appID, merchantID: merchantID, gatewayURL: gatewayURL,
      mode: reader.mode(
        WeChatPaySetting.mode, gateway: (WeChatPaySetting.gatewayURL, gatewayURL),
        known: WeChatPayAccount.mode(ofGateway: gatewayURL)),
      notifyURL: reader.notifyURL(WeChatPaySetting.notifyURL, of: .wechat, site))
    let version = reader.choice(WeChatPaySetting.version, standard: standardVersion(reader))
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
    let hasOldKey = reader.text(WeChatPaySetting.apiKey) != nil
    return hasOldKey && reader.text(WeChatPaySetting.apiV3Key) == nil ? .v2 : .v3
  }

  private static func v2(_ reader: inout SettingsReader) -> Credentials? {
    let key = reader.secret(WeChatPaySetting.apiKey)
    if !key.isEmpty { checkKey(key, WeChatPaySetting.apiKey, &reader) }
    let algorithm = reader.choice(WeChatPaySetting.algorithm) as WeChatPayV2Signature.Algorithm
    var identity: ClientIdentity?
    if reader.hasAny(of: [WeChatPaySetting.clientCertificate, WeChatPaySetting.clientKey]) {
      let certificate = reader.key(WeChatPaySetting.clientCertificate) { (text) throws(KeyError) in
        (try Certificate.first(text: text), text)
      }
      let privateKey = reader.key(WeChatPaySetting.clientKey) { (text) throws(KeyError) in
        (try RSAPrivateKey(text: text), text)
      }
      guard let certificate, let privateKey else { return nil }
      guard (try? certificate.0.publicKey())?.isSame(as: privateKey.0.publicKey) == true else {
        reader.problem(WeChatPaySetting.clientKey, "is not the key of WECHAT_CLIENT_CERT")
        return nil
      }
      identity = ClientIdentity(certificatePEM: certificate.1, keyPEM: Secret(privateKey.1))
    }
    return .v2(apiKey: key, algorithm, identity: identity)
  }

  private static func v3(_ reader: inout SettingsReader) -> Credentials? {
    let key = reader.secret(WeChatPaySetting.apiV3Key)
    if !key.isEmpty { checkKey(key, WeChatPaySetting.apiV3Key, &reader) }
    let serial = reader.required(WeChatPaySetting.certificateSerial).uppercased()
    if !serial.isEmpty, !serial.utf8.allSatisfy({ isHexDigit($0) }) {
      reader.problem(
        WeChatPaySetting.certificateSerial, "must be hexadecimal, as the console shows it")
    }
    let privateKey = reader.key(WeChatPaySetting.privateKey) { (text) throws(KeyError) in
      try RSAPrivateKey(text: text)
    }
    let publicKey = publicKey(&reader, privateKey)
    var platformCertificate: Certificate?
    if reader.text(WeChatPaySetting.platformCertificate) != nil {
      platformCertificate = reader.key(WeChatPaySetting.platformCertificate) {
        (text) throws(KeyError) in try Certificate.first(text: text)
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
    guard reader.hasAny(of: [WeChatPaySetting.publicKeyID, WeChatPaySetting.publicKey]) else {
      return nil
    }
    let serial = reader.required(WeChatPaySetting.publicKeyID)
    if !serial.isEmpty, !serial.hasPrefix("PUB_KEY_ID_") {
      reader.problem(WeChatPaySetting.publicKeyID, "must begin with PUB_KEY_ID_")
    }
    let key = reader.key(WeChatPaySetting.publicKey) { (text) throws(KeyError) in
      try RSAPublicKey(text: text)
    }
    guard let key else { return nil }
    guard privateKey?.publicKey.isSame(as: key) != true else {
      reader.problem(
        WeChatPaySetting.publicKey,
        "is the public half of WECHAT_MCH_PRIVATE_KEY; download WeChat Pay's own (微信支付公钥)")
      return nil
    }
    return WeChatPayV3Credentials.NamedKey(serial: serial, key: key)
  }

  private static func checkKey(_ key: Secret, _ setting: Setting, _ reader: inout SettingsReader) {
    guard key.reveal().utf8.count != keyCharacters else { return }
    reader.problem(setting, "must have \(keyCharacters) characters")
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
  }
}
