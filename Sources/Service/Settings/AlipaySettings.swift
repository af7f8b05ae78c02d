import Alipay
import Crypto
import Vocabulary

/// Reads the settings of Alipay; nil when none of them is set.
enum AlipaySettings {
  static let names = [
    "ALIPAY_APP_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY", "ALIPAY_NOTIFY_URL",
    "ALIPAY_RETURN_URL", "ALIPAY_APP_CERT", "ALIPAY_CERT", "ALIPAY_ROOT_CERT",
  ]

  static func read(_ reader: inout SettingsReader, isProduction: Bool) -> AlipayConfiguration? {
    guard names.contains(where: { reader.text($0) != nil }) else { return nil }
    let appID = reader.required("ALIPAY_APP_ID")
    let notifyURL = reader.notifyURL("ALIPAY_NOTIFY_URL", isProduction: isProduction)
    let returnURL = reader.required("ALIPAY_RETURN_URL")
    let gatewayURL = reader.text("ALIPAY_GATEWAY_URL") ?? AlipayConfiguration.gatewayURLStandard
    let mode = reader.mode(
      "ALIPAY_MODE", gateway: ("ALIPAY_GATEWAY_URL", gatewayURL),
      known: AlipayConfiguration.mode(ofGateway: gatewayURL))
    let product = reader.choice("ALIPAY_PRODUCT", standard: AlipayConfiguration.Product.page)
    let privateKey = reader.key("ALIPAY_PRIVATE_KEY") { (text) throws(KeyError) in
      try RSAPrivateKey(text: text)
    }
    if appID.utf8.contains(where: { !(0x30...0x39).contains($0) }) {
      reader.problem("ALIPAY_APP_ID", "must be digits only")
    }
    guard let privateKey, let trust = trust(&reader, privateKey) else { return nil }
    return AlipayConfiguration(
      appID: appID, privateKey: privateKey, trust: trust, gatewayURL: gatewayURL,
      mode: mode, notifyURL: notifyURL, returnURL: returnURL,
      sellerID: reader.text("ALIPAY_SELLER_ID"),
      product: product)
  }

  private static func trust(
    _ reader: inout SettingsReader, _ privateKey: RSAPrivateKey
  ) -> AlipayConfiguration.Trust? {
    let certificateNames = ["ALIPAY_APP_CERT", "ALIPAY_CERT", "ALIPAY_ROOT_CERT"]
    if certificateNames.contains(where: { reader.text($0) != nil }) {
      return certificates(&reader, privateKey)
    }
    let publicKey = reader.key("ALIPAY_PUBLIC_KEY") { (text) throws(KeyError) in
      try RSAPublicKey(text: text)
    }
    guard let publicKey else { return nil }
    guard !publicKey.isSame(as: privateKey.publicKey) else {
      reader.problem(
        "ALIPAY_PUBLIC_KEY",
        "is the public half of ALIPAY_PRIVATE_KEY (应用公钥); copy Alipay's own key (支付宝公钥) from "
          + "the console")
      return nil
    }
    return .publicKey(publicKey)
  }

  private static func certificates(
    _ reader: inout SettingsReader, _ privateKey: RSAPrivateKey
  ) -> AlipayConfiguration.Trust? {
    if reader.text("ALIPAY_PUBLIC_KEY") != nil {
      reader.problem(
        "ALIPAY_PUBLIC_KEY",
        "and ALIPAY_CERT exclude each other: choose the key or the certificates")
    }
    let app = reader.material("ALIPAY_APP_CERT")
    let alipay = reader.material("ALIPAY_CERT")
    let roots = reader.material("ALIPAY_ROOT_CERT")
    guard let app, let alipay, let roots else { return nil }
    do throws(KeyError) {
      return .certificates(
        try AlipayCertificates(app: app, alipay: alipay, roots: roots, privateKey: privateKey))
    } catch {
      reader.problem("ALIPAY_APP_CERT, ALIPAY_CERT or ALIPAY_ROOT_CERT", "\(error)")
      return nil
    }
  }
}
