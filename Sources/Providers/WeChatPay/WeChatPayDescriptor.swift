import Crypto
public import Provider
import Vocabulary

extension PaymentMethod {
  static let wechat = PaymentMethod("WECHAT")
}

/// WeChat Pay by either version of its interface.
public enum WeChatPay {
  /// All that the site has to know about WeChat Pay.
  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .wechat, name: LocalText(chinese: "微信支付", english: "WeChat Pay"),
      goOn: LocalText(chinese: "前往微信付款", english: "Go on to WeChat Pay"),
      scan: LocalText(chinese: "请用微信扫描二维码", english: "Scan this code with WeChat"),
      colour: "#07b353", opensApp: true),
    label: "WeChat Pay", knownAs: ["wechat", "wechatpay", "weixin"],
    settings: WeChatPaySetting.group,
    questions: ProviderDescriptor.Questions(
      label: "WeChat Pay (v3)",
      [
        WeChatPaySetting.appID, WeChatPaySetting.merchantID, WeChatPaySetting.apiV3Key,
        WeChatPaySetting.certificateSerial, WeChatPaySetting.privateKey,
        WeChatPaySetting.publicKeyID, WeChatPaySetting.publicKey,
      ]),
    notifying: ProviderDescriptor.Notifying(
      setting: WeChatPaySetting.notifyURL, hasOldPath: true,
      samples: [
        xmlSample, .json(userAgent: "Mozilla/4.0", contentType: "application/json"),
      ]),
    read: { (reader, site) in
      guard let settings = WeChatPaySettings.read(&reader, site) else {
        return nil
      }
      return ProviderPlan(summary: settings.summary, notifyURL: settings.account.notifyURL) {
        (client) throws(KeyError) in
        switch settings.credentials {
        case .v2(let apiKey, let algorithm, let identity):
          try WeChatPayV2(
            settings.account, apiKey: apiKey, algorithm: algorithm, identity: identity,
            client: client)
        case .v3(let credentials):
          WeChatPayV3(settings.account, credentials, client: client)
        }
      }
    })

  /// Of interface v2.
  private static let xmlSample = NotifySample(
    userAgent: "Mozilla/4.0", contentType: "text/xml",
    body:
      "<xml><coinpay_probe><![CDATA[金币 & <100>]]></coinpay_probe>\n  <empty></empty>\r\n</xml>\n")
}
