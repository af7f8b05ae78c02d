import Settings
import Vocabulary

/// Reads the settings of Stripe.
enum StripeSettings {
  /// Nil when none of the required ones is set.
  static func read(_ reader: inout SettingsReader) -> StripeConfiguration? {
    guard reader.hasAny(of: StripeSetting.required) else { return nil }
    let publishableKey = reader.required(StripeSetting.publishableKey)
    let secretKey = reader.secret(StripeSetting.secretKey)
    let webhookSecrets = reader.required(StripeSetting.webhookSecret).split(separator: ",")
      .map { Secret(String($0)) }
    checkKeys(secretKey.reveal(), publishableKey, &reader)
    if !webhookSecrets.allSatisfy({ $0.reveal().hasPrefix("whsec_") }) {
      reader.problem(StripeSetting.webhookSecret, "must begin with whsec_")
    }
    let apiURL = reader.required(StripeSetting.apiURL)
    if apiURL.hasSuffix("/") {
      reader.problem(StripeSetting.apiURL, "must not end with a slash")
    }
    let currency = Currency(reader.required(StripeSetting.currency))
    if currency?.isCharged != true {
      reader.problem(
        StripeSetting.currency, "must be a currency that Stripe charges in, such as usd")
    }
    return StripeConfiguration(
      publishableKey: publishableKey, secretKey: secretKey, webhookSecrets: webhookSecrets,
      apiURL: apiURL, currency: currency ?? .usd,
      checkout: reader.choice(StripeSetting.checkout))
  }

  private static func checkKeys(
    _ secret: String, _ publishable: String, _ reader: inout SettingsReader
  ) {
    let mode = StripeConfiguration.mode(ofKey: secret)
    let publishableMode = StripeConfiguration.mode(ofKey: publishable)
    if !secret.isEmpty, mode == nil || secret.hasPrefix("pk_") {
      reader.problem(
        StripeSetting.secretKey, "must begin with sk_ or rk_, and then live_ or test_")
    }
    if !publishable.isEmpty, publishableMode == nil || !publishable.hasPrefix("pk_") {
      reader.problem(StripeSetting.publishableKey, "must begin with pk_live_ or pk_test_")
    }
    if let mode, let publishableMode, mode != publishableMode {
      reader.problem(
        StripeSetting.secretKey, "and STRIPE_PUBLISHABLE_KEY must both be live or both test")
    }
  }
}
