public import Provider
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

  /// What may be shown to an operator.
  var summary: String { "\(currency), \(apiURL)" }

  var isLive: Bool { StripeConfiguration.mode(ofKey: secretKey.reveal()) == .live }

  /// Which mode a key is for, told by what it begins with: `sk_live_`, `rk_test_`, `pk_live_`, and
  /// `sk_org_live_` of an organization. Nil for what is no key of Stripe.
  public static func mode(ofKey key: String) -> ProviderMode? {
    var parts = key.split(separator: "_", omittingEmptySubsequences: false)[...]
    guard let kind = parts.popFirst(), ["sk", "rk", "pk"].contains(kind) else { return nil }
    if parts.first == "org" { parts.removeFirst() }
    guard parts.count > 1 else { return nil }
    switch parts.first {
    case "live": return .live
    case "test": return .sandbox
    default: return nil
    }
  }
}
