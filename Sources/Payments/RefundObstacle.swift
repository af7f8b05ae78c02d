import Provider
public import Vocabulary

/// Why a refund of a payment cannot be carried out, whatever its amount.
public enum RefundObstacle: Hashable, Sendable, CustomStringConvertible {
  /// The payment's method is not configured any more.
  case methodIsOff(PaymentMethod)
  /// The payment was made at another account than the one that is configured.
  case otherAccount(PaymentMethod)
  /// The provider lacks something that refunds need.
  case provider(PaymentMethod, reason: String)

  public var description: String {
    switch self {
    case .methodIsOff(let method): "\(method) is not configured"
    case .otherAccount(let method): "the payment was made at another account of \(method)"
    case .provider(let method, let reason): "\(method): \(reason)"
    }
  }
}

extension ProviderRegistry {
  /// What keeps money of a payment from being given back; nil when nothing does.
  func refundObstacle(of payment: PaymentFacts) -> RefundObstacle? {
    guard let provider = self[payment.provider] else { return .methodIsOff(payment.provider) }
    guard provider.account.holds(payment.account) else { return .otherAccount(payment.provider) }
    return provider.refundObstacle.map { .provider(payment.provider, reason: $0) }
  }
}
