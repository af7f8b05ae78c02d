import HTTPSClient
import Mock
import Payments
import Provider
import Stripe
import Vocabulary

/// The providers that the settings turn on, in the order in which to offer them.
enum Registry {
  static func providers(_ settings: Settings) -> ProviderRegistry {
    var providers: [any PaymentProvider] = []
    if settings.isDevelopment { providers.append(MockProvider(currency: .cny)) }
    if let stripe = settings.stripe {
      providers.append(
        StripeProvider(
          StripeConfiguration(
            publishableKey: stripe.publishableKey, secretKey: stripe.secretKey,
            webhookSecrets: stripe.webhookSecrets, apiURL: stripe.apiURL,
            currency: stripe.currency),
          client: HTTPSClientConfiguration(name: "STRIPE")))
    }
    return ProviderRegistry(providers)
  }
}
