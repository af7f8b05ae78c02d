public import Vocabulary

/// What an operator got from Stripe's dashboard.
public struct StripeConfiguration: Sendable {
  let publishableKey: String
  let secretKey: Secret
  /// Any of them may have signed a notification; two while one is being replaced.
  let webhookSecrets: [Secret]
  /// `https://api.stripe.com`, without a slash at the end.
  let apiURL: String
  let currency: Currency

  public init(
    publishableKey: String, secretKey: Secret, webhookSecrets: [Secret], apiURL: String,
    currency: Currency
  ) {
    self.publishableKey = publishableKey
    self.secretKey = secretKey
    self.webhookSecrets = webhookSecrets
    self.apiURL = apiURL
    self.currency = currency
  }

  /// Live keys move real money; `sk_test_` and restricted `rk_test_` do not.
  var isLive: Bool { secretKey.reveal().contains("_live_") }
}
