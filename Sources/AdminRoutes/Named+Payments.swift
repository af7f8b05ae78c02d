public import Pages
public import Payments
public import Provider

extension EventKind: Named {
  public var phrase: Phrase {
    switch self {
    case .succeeded: .eventSucceeded
    case .refunded: .eventRefunded
    case .failed: .eventFailed
    case .attemptFailed: .eventAttemptFailed
    case .closed: .eventClosed
    case .pending: .eventPending
    case .refund: .eventRefund
    case .dispute: .eventDispute
    case .changed: .eventChanged
    }
  }
}

extension EventState: Named {
  public var phrase: Phrase {
    switch self {
    case .pending: .eventStatePending
    case .parked: .eventStateParked
    case .settled: .eventStateSettled
    }
  }
}

extension EventOutcome: Named {
  public var phrase: Phrase {
    switch self {
    case .credited: .outcomeCredited
    case .duplicate: .outcomeDuplicate
    case .confirming: .outcomeConfirming
    case .suspicious: .outcomeSuspicious
    case .failed: .outcomeFailed
    case .closed: .outcomeClosed
    case .ignored: .outcomeIgnored
    case .refundRequested: .outcomeRefundRequested
    case .refundPending: .outcomeRefundPending
    case .refundSucceeded: .outcomeRefundSucceeded
    case .refundFailed: .outcomeRefundFailed
    case .disputeInquiry: .outcomeDisputeInquiry
    case .disputeOpened: .outcomeDisputeOpened
    case .disputeWon: .outcomeDisputeWon
    case .disputeLost: .outcomeDisputeLost
    case .unmatched: .outcomeUnmatched
    case .read: .outcomeRead
    case .discarded: .outcomeDiscarded
    }
  }
}

extension ProviderEvent.Source: Named {
  public var phrase: Phrase {
    switch self {
    case .notification: .sourceNotification
    case .query: .sourceQuery
    case .reconciliation: .sourceReconciliation
    case .mock: .sourceMock
    case .operator: .sourceOperator
    }
  }
}

extension Confirmation.Status: Named {
  public var phrase: Phrase {
    switch self {
    case .open: .requestOpen
    case .approved: .requestApproved
    case .rejected: .requestRejected
    }
  }
}

extension OperatorRequest.Status: Named {
  public var phrase: Phrase {
    switch self {
    case .open: .requestOpen
    case .approved: .requestApproved
    case .rejected: .requestRejected
    case .expired: .requestExpired
    }
  }
}

extension CallPurpose.Operation: Named {
  public var phrase: Phrase {
    switch self {
    case .start: .callStart
    case .query: .callQuery
    case .close: .callClose
    case .refund: .callRefund
    case .queryRefund: .callQueryRefund
    case .notification: .callNotification
    case .books: .callBooks
    case .other: .callOther
    }
  }
}

extension DisputeNews.Status: Named {
  public var phrase: Phrase {
    switch self {
    case .inquiry: .disputeInquiry
    case .opened: .disputeOpened
    case .won: .disputeWon
    case .lost: .disputeLost
    }
  }
}
