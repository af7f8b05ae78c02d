import Alipay
import HTTPSClient
import Logging
import Mock
import Payments
import Provider
import Stripe
import Vocabulary

/// The providers that the settings turn on, in the order in which to offer them.
enum Registry {
  static func providers(_ settings: Settings, logger: Logger) -> ProviderRegistry {
    func client(_ method: PaymentMethod) -> HTTPSClientConfiguration {
      var configuration = HTTPSClientConfiguration(name: method.rawValue)
      configuration.caFile = settings.caFile
      configuration.report = { CallLog.write($0, to: logger) }
      return configuration
    }
    var providers: [any PaymentProvider] = []
    if settings.isDevelopment { providers.append(MockProvider(currency: .cny)) }
    if let alipay = settings.alipay {
      providers.append(AlipayProvider(alipay, client: client(.alipay)))
    }
    if let stripe = settings.stripe {
      providers.append(
        StripeProvider(
          StripeConfiguration(
            publishableKey: stripe.publishableKey, secretKey: stripe.secretKey,
            webhookSecrets: stripe.webhookSecrets, apiURL: stripe.apiURL,
            currency: stripe.currency),
          client: client(.stripe)))
    }
    return ProviderRegistry(providers)
  }
}
