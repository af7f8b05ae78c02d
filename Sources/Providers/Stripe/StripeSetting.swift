import Settings

/// The settings of Stripe.
enum StripeSetting {
  static let publishableKey = Setting(
    "STRIPE_PUBLISHABLE_KEY", help: "Stripe is on when these three are set.", example: "pk_live_")
  static let secretKey = Setting("STRIPE_SECRET_KEY", isSecret: true, example: "sk_live_")
  static let webhookSecret = Setting(
    "STRIPE_WEBHOOK_SECRET", isSecret: true,
    help: "Several, separated by commas, while a secret is replaced.", example: "whsec_")
  static let apiURL = Setting("STRIPE_API_URL", standard: "https://api.stripe.com")
  static let currency = Setting("STRIPE_CURRENCY", standard: "usd")
  static let checkout = Setting(
    "STRIPE_CHECKOUT", oneOf: StripeConfiguration.Checkout.self, standard: .elements,
    help: "Where buyers pay: elements (the shop's page) or session (Stripe's page).")

  /// One of these turns Stripe on.
  static let required = [publishableKey, secretKey, webhookSecret]
  static let group = SettingGroup(required + [apiURL, currency, checkout])
}
