import Crypto
import Provider
import Settings

/// Reads the settings of Alipay; nil when none of them is set.
enum AlipaySettings {
  static func read(
    _ reader: inout SettingsReader, _ site: ProviderDescriptor.SiteFacts
  ) -> AlipayConfiguration? {
    guard reader.hasAny(of: AlipaySetting.required) else { return nil }
    let appID = reader.required(AlipaySetting.appID)
    let notifyURL = reader.notifyURL(AlipaySetting.notifyURL, of: .alipay, site)
    let returnURL = reader.text(AlipaySetting.returnURL) ?? site.address("/payment/success")
    let gatewayURL = reader.required(AlipaySetting.gatewayURL)
    let mode = reader.mode(
      AlipaySetting.mode, gateway: (AlipaySetting.gatewayURL, gatewayURL),
      known: AlipayConfiguration.mode(ofGateway: gatewayURL))
    let product = reader.choice(AlipaySetting.product) as AlipayConfiguration.Product
    let privateKey = reader.key(AlipaySetting.privateKey) { (text) throws(KeyError) in
      try RSAPrivateKey(text: text)
    }
    if appID.utf8.contains(where: { !(0x30...0x39).contains($0) }) {
      reader.problem(AlipaySetting.appID, "must be digits only")
    }
    guard let privateKey, let trust = trust(&reader, privateKey) else { return nil }
    return AlipayConfiguration(
      appID: appID, privateKey: privateKey, trust: trust, gatewayURL: gatewayURL,
      mode: mode, notifyURL: notifyURL, returnURL: returnURL,
      sellerID: reader.text(AlipaySetting.sellerID),
      product: product)
  }

  private static func trust(
    _ reader: inout SettingsReader, _ privateKey: RSAPrivateKey
  ) -> AlipayConfiguration.Trust? {
    if reader.hasAny(of: AlipaySetting.certificates) {
      return certificates(&reader, privateKey)
    }
    let publicKey = reader.key(AlipaySetting.publicKey) { (text) throws(KeyError) in
      try RSAPublicKey(text: text)
    }
    guard let publicKey else { return nil }
    guard !publicKey.isSame(as: privateKey.publicKey) else {
      reader.problem(
        AlipaySetting.publicKey,
        "is the public half of ALIPAY_PRIVATE_KEY (应用公钥); copy Alipay's own key (支付宝公钥) from "
          + "the console")
      return nil
    }
    return .publicKey(publicKey)
  }

  private static func certificates(
    _ reader: inout SettingsReader, _ privateKey: RSAPrivateKey
  ) -> AlipayConfiguration.Trust? {
    if reader.text(AlipaySetting.publicKey) != nil {
      reader.problem(
        AlipaySetting.publicKey,
        "and ALIPAY_CERT exclude each other: choose the key or the certificates")
    }
    let app = reader.material(AlipaySetting.appCertificate)
    let alipay = reader.material(AlipaySetting.alipayCertificate)
    let roots = reader.material(AlipaySetting.rootCertificates)
    guard let app, let alipay, let roots else { return nil }
    do throws(KeyError) {
      return .certificates(
        try AlipayCertificates(app: app, alipay: alipay, roots: roots, privateKey: privateKey))
    } catch {
      reader.problem(AlipaySetting.certificates, "\(error)")
      return nil
    }
  }
}
