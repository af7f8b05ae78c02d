public import Provider
import Vocabulary

extension MockProvider {
  /// All that the site has to know about the mock provider.
  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .mock, name: LocalText(chinese: "模拟支付", english: "Mock payment"),
      goOn: LocalText(chinese: "打开模拟支付", english: "Open mock payment"),
      colour: "#c98a0a", isPlayed: true), label: "Mock",
    read: { (_, site) in
      guard !site.isProduction else { return nil }
      return ProviderPlan(summary: "development only", notifyURL: nil) { _ in
        MockProvider(currency: .cny)
      }
    })
}
