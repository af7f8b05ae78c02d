import Crypto
public import Provider
import Vocabulary

extension PaymentMethod {
  static let stripe = PaymentMethod("STRIPE")
}

extension StripeProvider {
  /// All that the site has to know about Stripe.
  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .stripe, name: LocalText(chinese: "银行卡（Stripe）", english: "Card (Stripe)"),
      goOn: LocalText(chinese: "前往 Stripe 付款", english: "Go on to Stripe"),
      colour: "#635bff", beginsOnPage: true),
    label: "Stripe", knownAs: ["stripe"], settings: StripeSetting.group,
    questions: ProviderDescriptor.Questions(label: "Stripe", StripeSetting.required),
    notifying: ProviderDescriptor.Notifying(
      tellsRefunds: true,
      samples: [
        .json(
          userAgent: "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
          contentType: "application/json; charset=utf-8")
      ]),
    page: ProviderDescriptor.PageOrigins(
      // It spreads over hosts below js.stripe.com.
      // Source: docs.stripe.com/security/guide, "Content security policy".
      scripts: ["https://js.stripe.com", "https://*.js.stripe.com"],
      connections: ["https://api.stripe.com"],
      frames: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"]),
    read: { (reader, site) in
      guard let configuration = StripeSettings.read(&reader) else { return nil }
      return ProviderPlan(
        summary: configuration.summary,
        notifyURL: site.address(ProviderDescriptor.notifyPath(of: .stripe))
      ) { (client) throws(KeyError) in StripeProvider(configuration, client: client) }
    })
}
