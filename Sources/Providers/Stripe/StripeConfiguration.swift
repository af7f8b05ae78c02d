public import Vocabulary

/// What an operator got from Stripe's dashboard.
public struct StripeConfiguration: Sendable {
  /// Where new payments are paid; payments of the other kind go on as they began.
  public enum Checkout: String, CaseIterable, Sendable {
    /// On our page, by the Payment Element.
    case elements
    /// On Stripe's page, by a Checkout Session.
    case session
  }

  let publishableKey: String
  let secretKey: Secret
  /// Any of them may have signed a notification; two while one is being replaced.
  let webhookSecrets: [Secret]
  /// `https://api.stripe.com`, without a slash at the end.
  let apiURL: String
  let currency: Currency
  let checkout: Checkout

  public init(
    publishableKey: String, secretKey: Secret, webhookSecrets: [Secret], apiURL: String,
    currency: Currency, checkout: Checkout = .elements
  ) {
    self.publishableKey = publishableKey
    self.secretKey = secretKey
    self.webhookSecrets = webhookSecrets
    self.apiURL = apiURL
    self.currency = currency
    self.checkout = checkout
  }

  /// Live keys move real money; `sk_test_` and restricted `rk_test_` do not.
  var isLive: Bool { secretKey.reveal().contains("_live_") }
}
