public import Vocabulary

/// The methods whose providers tests play.
extension PaymentMethod {
  public static let alipay = PaymentMethod("ALIPAY")
  public static let wechat = PaymentMethod("WECHAT")
  public static let stripe = PaymentMethod("STRIPE")
}

extension MethodFaces {
  /// The faces of four methods, each of its own kind.
  public static let forTests = MethodFaces([
    MethodFace(
      method: .mock, name: ["zh-CN": "模拟支付", "en": "Mock payment"],
      goOn: ["zh-CN": "打开模拟支付", "en": "Open mock payment"], colour: "#c98a0a", isPlayed: true),
    MethodFace(
      method: .alipay, name: ["zh-CN": "支付宝", "en": "Alipay"],
      goOn: ["zh-CN": "前往支付宝付款", "en": "Go on to Alipay"],
      scan: ["zh-CN": "请用支付宝扫描二维码", "en": "Scan this code with Alipay"], colour: "#1677ff",
      opensApp: true),
    MethodFace(
      method: .wechat, name: ["zh-CN": "微信支付", "en": "WeChat Pay"],
      goOn: ["zh-CN": "前往微信付款", "en": "Go on to WeChat Pay"],
      scan: ["zh-CN": "请用微信扫描二维码", "en": "Scan this code with WeChat"], colour: "#07b353",
      opensApp: true),
    MethodFace(
      method: .stripe, name: ["zh-CN": "银行卡（Stripe）", "en": "Card (Stripe)"],
      goOn: ["zh-CN": "前往 Stripe 付款", "en": "Go on to Stripe"], colour: "#635bff",
      beginsOnPage: true),
  ])
}
