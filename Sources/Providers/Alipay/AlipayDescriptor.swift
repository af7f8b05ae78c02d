import Crypto
public import Provider
import Vocabulary

extension PaymentMethod {
  static let alipay = PaymentMethod("ALIPAY")
}

extension AlipayProvider {
  /// All that the site has to know about Alipay.
  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .alipay, name: LocalText(chinese: "支付宝", english: "Alipay"),
      goOn: LocalText(chinese: "前往支付宝付款", english: "Go on to Alipay"),
      scan: LocalText(chinese: "请用支付宝扫描二维码", english: "Scan this code with Alipay"),
      colour: "#1677ff", opensApp: true),
    label: "Alipay", knownAs: ["alipay", "zhifubao"], settings: AlipaySetting.group,
    questions: ProviderDescriptor.Questions(
      label: "Alipay", [AlipaySetting.appID, AlipaySetting.privateKey, AlipaySetting.publicKey]),
    notifying: ProviderDescriptor.Notifying(
      setting: AlipaySetting.notifyURL, hasOldPath: true, samples: [sample]),
    read: { (reader, site) in
      guard let configuration = AlipaySettings.read(&reader, site) else {
        return nil
      }
      return ProviderPlan(summary: configuration.summary, notifyURL: configuration.notifyURL) {
        (client) throws(KeyError) in AlipayProvider(configuration, client: client)
      }
    })

  /// A form in GBK, whose `+`, `%2B` and case of hexadecimal digits the signature covers.
  private static let sample = NotifySample(
    userAgent: "Mozilla/4.0", contentType: "application/x-www-form-urlencoded; charset=gbk",
    body:
      "coinpay_probe=1&subject=%BD%F0%B1%D2+100&plus=a+b&encoded=a%2Bb%2fc&empty=&sign=ab%2Bcd%3D%3D"
      + "&list=%5B%7B%22amount%22%3A+%220.01%22%7D%5D")
}
