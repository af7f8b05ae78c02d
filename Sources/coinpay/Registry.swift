import Mock
import Payments
import Provider
import Vocabulary

/// The providers that the settings turn on, in the order in which to offer them.
enum Registry {
  static func providers(_ settings: Settings) -> ProviderRegistry {
    var providers: [any PaymentProvider] = []
    if settings.isDevelopment { providers.append(MockProvider(currency: .cny)) }
    return ProviderRegistry(providers)
  }
}
