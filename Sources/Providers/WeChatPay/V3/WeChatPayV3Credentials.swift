public import Crypto

/// What an operator got from WeChat Pay's console for the interface v3.
public struct WeChatPayV3Credentials: Sendable {
  /// A key of WeChat Pay with the name by which messages refer to it.
  public struct NamedKey: Sendable {
    let serial: String
    let key: RSAPublicKey

    /// - Parameter serial: `PUB_KEY_ID_…`
    public init(serial: String, key: RSAPublicKey) {
      self.serial = serial
      self.key = key
    }
  }

  /// APIv3密钥, which decrypts.
  let apiKey: SymmetricKey
  /// The serial number of our certificate in upper-case hexadecimal.
  let certificateSerial: String
  let privateKey: RSAPrivateKey
  /// 微信支付公钥; nil for a merchant with platform certificates only.
  let publicKey: NamedKey?
  /// A platform certificate (平台证书) to begin with; others are fetched.
  let platformCertificate: Certificate?

  public init(
    apiKey: SymmetricKey, certificateSerial: String, privateKey: RSAPrivateKey,
    publicKey: NamedKey?, platformCertificate: Certificate?
  ) {
    self.apiKey = apiKey
    self.certificateSerial = certificateSerial
    self.privateKey = privateKey
    self.publicKey = publicKey
    self.platformCertificate = platformCertificate
  }
}
