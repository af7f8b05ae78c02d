public import Provider
import Vocabulary

extension MockProvider {
  /// All that the site has to know about the mock provider.
  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .mock, name: ["zh-CN": "模拟支付", "en": "Mock payment"],
      goOn: ["zh-CN": "打开模拟支付", "en": "Open mock payment"],
      colour: "#c98a0a", isPlayed: true), label: "Mock",
    read: { (_, site) in
      guard !site.isProduction else { return nil }
      return ProviderPlan(summary: "development only", notifyURL: nil) { _ in
        MockProvider(currency: .cny)
      }
    })
}
