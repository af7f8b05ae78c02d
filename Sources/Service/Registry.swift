import Alipay
import Crypto
import HTTPSClient
import Logging
import Mock
import Payments
import Provider
import Stripe
import Vocabulary
import WeChatPay

/// The providers that the settings turn on, in the order in which to offer them.
enum Registry {
  /// - Parameter recorder: writes calls down; nil for commands that only look.
  /// - Throws: `KeyError` when a certificate cannot be used.
  static func providers(
    _ settings: Settings, logger: Logger, recorder: CallRecorder? = nil
  ) throws(KeyError) -> ProviderRegistry {
    func client(_ method: PaymentMethod) -> HTTPSClientConfiguration {
      var configuration = HTTPSClientConfiguration(name: method.rawValue)
      configuration.caFile = settings.caFile
      // A rush of buyers waits its turn; none is sent away while a thread of theirs could wait.
      configuration.waitingCallsMax = settings.webThreads
      configuration.report = { call in
        CallLog.write(call, to: logger)
        recorder?.note(call)
      }
      return configuration
    }
    var providers: [any PaymentProvider] = []
    if settings.isDevelopment { providers.append(MockProvider(currency: .cny)) }
    if let alipay = settings.alipay {
      providers.append(AlipayProvider(alipay, client: client(.alipay)))
    }
    if let weChatPay = settings.weChatPay {
      providers.append(try provider(weChatPay, client: client(.wechat)))
    }
    if let stripe = settings.stripe {
      providers.append(
        StripeProvider(
          StripeConfiguration(
            publishableKey: stripe.publishableKey, secretKey: stripe.secretKey,
            webhookSecrets: stripe.webhookSecrets, apiURL: stripe.apiURL,
            currency: stripe.currency, checkout: stripe.checkout),
          client: client(.stripe)))
    }
    return ProviderRegistry(providers)
  }

  private static func provider(
    _ settings: WeChatPaySettings, client: HTTPSClientConfiguration
  ) throws(KeyError) -> any PaymentProvider {
    switch settings.credentials {
    case .v2(let apiKey, let algorithm, let identity):
      try WeChatPayV2(
        settings.account, apiKey: apiKey, algorithm: algorithm, identity: identity, client: client)
    case .v3(let credentials):
      WeChatPayV3(settings.account, credentials, client: client)
    }
  }
}
