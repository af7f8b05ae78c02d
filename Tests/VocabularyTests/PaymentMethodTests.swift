import Testing
import Vocabulary

@Suite struct PaymentMethodTests {
  @Test(arguments: ["A", "ALIPAY", "PAY2", String(repeating: "X", count: 16)])
  func `a name of letters and digits is one`(name: String) {
    #expect(PaymentMethod(rawValue: name)?.rawValue == name)
  }

  @Test(arguments: [
    "", "alipay", "Alipay", "2PAY", "PAY_", "PAY PAL", "支付宝", "PAY\u{301}", "A\0",
    String(repeating: "X", count: 17),
  ])
  func `anything else is none`(name: String) {
    #expect(PaymentMethod(rawValue: name) == nil)
  }

  @Test func `a text falls back to English`() {
    let wording = LocalText(chinese: "支付宝", english: "Alipay")
    #expect(wording.text(in: "zh-CN") == "支付宝" && wording.text(in: "fr") == "Alipay")
  }
}
