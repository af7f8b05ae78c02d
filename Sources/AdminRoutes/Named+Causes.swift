public import Orders
public import Pages
public import Payments
public import Provider

extension TransitionCause: Named {
  public var phrase: Phrase {
    switch self {
    case .created: .stepCreated
    case .started: .stepStarted
    case .payAgain: .stepPayAgain
    case .paid: .stepPaid
    case .paidTwice: .stepPaidTwice
    case .expired: .stepExpired
    case .cancelled: .stepCancelled
    case .closedByOperator: .stepClosedByOperator
    case .refundOrDispute: .stepRefundOrDispute
    }
  }
}

extension SuspenseReason: Named {
  public var phrase: Phrase {
    switch self {
    case .unmatched: .suspenseUnmatched
    case .paidTwice: .suspensePaidTwice
    case .unconfirmed: .suspenseUnconfirmed
    case .mismatch(let mismatch): mismatch.phrase
    }
  }
}

extension Mismatch: Named {
  public var phrase: Phrase {
    switch self {
    case .provider: .mismatchProvider
    case .merchantAccount: .mismatchMerchantAccount
    case .liveMode: .mismatchLiveMode
    case .outTradeNo: .mismatchOutTradeNo
    case .transactionID: .mismatchTransactionID
    case .currency: .mismatchCurrency
    case .amount: .mismatchAmount
    case .refunded: .mismatchRefunded
    case .erased: .mismatchErased
    }
  }
}

extension Cause.Kind: Named {
  public var phrase: Phrase {
    switch self {
    case .insufficientFunds: .causeInsufficientFunds
    case .declined: .causeDeclined
    case .authenticationFailed: .causeAuthenticationFailed
    case .suspectedFraud: .causeSuspectedFraud
    case .limitExceeded: .causeLimitExceeded
    case .instrumentUnusable: .causeInstrumentUnusable
    case .cancelled: .causeCancelled
    case .expired: .causeExpired
    case .conflict: .causeConflict
    case .configuration: .causeConfiguration
    case .invalidRequest: .causeInvalidRequest
    case .unavailable: .causeUnavailable
    case .other: .causeOther
    }
  }
}
