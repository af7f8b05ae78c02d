/// Whose money it is at the provider: a payment is bound to it when it is created.
public struct ProviderAccount: Hashable, Sendable {
  /// The merchant or application number; empty for a provider whose key alone identifies us.
  public let merchant: String
  /// False for a sandbox or test key.
  public let isLive: Bool

  public init(merchant: String, isLive: Bool) {
    self.merchant = merchant
    self.isLive = isLive
  }
}
