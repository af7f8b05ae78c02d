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
      method: .mock, name: LocalText(chinese: "模拟支付", english: "Mock payment"),
      goOn: LocalText(chinese: "打开模拟支付", english: "Open mock payment"), colour: "#c98a0a",
      isPlayed: true),
    MethodFace(
      method: .alipay, name: LocalText(chinese: "支付宝", english: "Alipay"),
      goOn: LocalText(chinese: "前往支付宝付款", english: "Go on to Alipay"),
      scan: LocalText(chinese: "请用支付宝扫描二维码", english: "Scan this code with Alipay"),
      colour: "#1677ff",
      opensApp: true),
    MethodFace(
      method: .wechat, name: LocalText(chinese: "微信支付", english: "WeChat Pay"),
      goOn: LocalText(chinese: "前往微信付款", english: "Go on to WeChat Pay"),
      scan: LocalText(chinese: "请用微信扫描二维码", english: "Scan this code with WeChat"),
      colour: "#07b353",
      opensApp: true),
    MethodFace(
      method: .stripe, name: LocalText(chinese: "银行卡（Stripe）", english: "Card (Stripe)"),
      goOn: LocalText(chinese: "前往 Stripe 付款", english: "Go on to Stripe"), colour: "#635bff",
      beginsOnPage: true),
  ])
}
