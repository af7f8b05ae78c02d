public import Provider
public import Vocabulary

/// The providers that are configured, in the order in which to offer them.
public struct ProviderRegistry: Sendable {
  private let providers: [any PaymentProvider]

  public init(_ providers: [any PaymentProvider]) { self.providers = providers }

  public subscript(method: PaymentMethod) -> (any PaymentProvider)? {
    providers.first { $0.method == method }
  }

  /// The provider at whose account a payment was begun; nil when the settings name no such account.
  public func provider(of payment: PaymentFacts) -> (any PaymentProvider)? {
    self[payment.provider].flatMap { $0.account.holds(payment.account) ? $0 : nil }
  }

  /// Lets the providers find out whose their keys are. Never while a transaction is open.
  public func learnAccounts() {
    for provider in providers { provider.learnAccount() }
  }

  /// The accounts of the configured methods.
  var accounts: [PaymentMethod: ProviderAccount] {
    Dictionary(providers.map { ($0.method, $0.account) }, uniquingKeysWith: { first, _ in first })
  }

  var signedReturnProviders: [any SignedReturnProvider] {
    providers.compactMap { $0 as? any SignedReturnProvider }
  }

  /// Every configured method.
  public var methods: [PaymentMethod] { providers.map(\.method) }

  /// The methods that take new payments at this moment.
  public var availableMethods: [PaymentMethod] {
    providers.filter(\.isAvailable).map(\.method)
  }

  /// The configured methods that cannot sell what has these prices only, with the currency that is missing.
  public func methods(withoutPriceIn prices: [Money]) -> [(
    method: PaymentMethod, currency: Currency
  )] {
    providers.filter { provider in !prices.contains { $0.currency == provider.currency } }
      .map { (method: $0.method, currency: $0.currency) }
  }

  /// The currency that a method is paid in, or nil when it is not configured.
  public func currency(of method: PaymentMethod) -> Currency? { self[method]?.currency }
}
