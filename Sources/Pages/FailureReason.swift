/// Why a payment failed, in words that help the person who wanted to pay.
public enum FailureReason: CaseIterable, Sendable {
  case insufficientFunds, declined, authenticationFailed, suspectedFraud, limitExceeded
  case instrumentUnusable, cancelled, expired, unavailable, unknown
}

extension FailureReason: Named {
  public var phrase: Phrase {
    switch self {
    case .insufficientFunds: .failureInsufficientFunds
    case .declined: .failureDeclined
    case .authenticationFailed: .failureAuthenticationFailed
    case .suspectedFraud: .failureSuspectedFraud
    case .limitExceeded: .failureLimitExceeded
    case .instrumentUnusable: .failureInstrumentUnusable
    case .cancelled: .failureCancelled
    case .expired: .failureExpired
    case .unavailable: .failureUnavailable
    case .unknown: .failureUnknown
    }
  }
}
