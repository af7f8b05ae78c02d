import Stripe
import Vocabulary

/// The settings of Stripe; absent when none of them is set.
struct StripeSettings {
  let publishableKey: String
  let secretKey: Secret
  let webhookSecrets: [Secret]
  let apiURL: String
  let currency: Currency
  let checkout: StripeConfiguration.Checkout

  static let names = ["STRIPE_PUBLISHABLE_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]
  static let apiURLStandard = "https://api.stripe.com"

  init?(_ reader: inout SettingsReader, isProduction: Bool) {
    guard StripeSettings.names.contains(where: { reader.text($0) != nil }) else { return nil }
    publishableKey = reader.required("STRIPE_PUBLISHABLE_KEY")
    secretKey = reader.secret("STRIPE_SECRET_KEY")
    webhookSecrets = reader.required("STRIPE_WEBHOOK_SECRET").split(separator: ",")
      .map { Secret(String($0)) }
    apiURL = reader.text("STRIPE_API_URL") ?? StripeSettings.apiURLStandard
    currency = reader.text("STRIPE_CURRENCY").flatMap { Currency($0) } ?? .usd
    checkout = reader.choice("STRIPE_CHECKOUT", standard: StripeConfiguration.Checkout.elements)
    check(&reader)
  }

  private func check(_ reader: inout SettingsReader) {
    let secret = secretKey.reveal()
    let mode = StripeConfiguration.mode(ofKey: secret)
    let publishableMode = StripeConfiguration.mode(ofKey: publishableKey)
    if !secret.isEmpty, mode == nil || secret.hasPrefix("pk_") {
      reader.problem(
        "STRIPE_SECRET_KEY", "must begin with sk_ or rk_, and then live_ or test_")
    }
    if !publishableKey.isEmpty, publishableMode == nil || !publishableKey.hasPrefix("pk_") {
      reader.problem("STRIPE_PUBLISHABLE_KEY", "must begin with pk_live_ or pk_test_")
    }
    if let mode, let publishableMode, mode != publishableMode {
      reader.problem(
        "STRIPE_SECRET_KEY", "and STRIPE_PUBLISHABLE_KEY must both be live or both test")
    }
    if !webhookSecrets.allSatisfy({ $0.reveal().hasPrefix("whsec_") }) {
      reader.problem("STRIPE_WEBHOOK_SECRET", "must begin with whsec_")
    }
    if apiURL.hasSuffix("/") { reader.problem("STRIPE_API_URL", "must not end with a slash") }
    if let text = reader.text("STRIPE_CURRENCY"), Currency(text)?.isCharged != true {
      reader.problem("STRIPE_CURRENCY", "must be a currency that Stripe charges in, such as usd")
    }
  }
}
