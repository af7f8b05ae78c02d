public import Vocabulary

extension OrderStatus: Named {
  public var phrase: Phrase {
    switch self {
    case .pending: .statusPending
    case .paid: .statusPaid
    case .failed: .statusFailed
    case .expired: .statusExpired
    case .cancelled: .statusCancelled
    case .refunding: .statusRefunding
    case .refunded: .statusRefunded
    case .partiallyRefunded: .statusPartiallyRefunded
    case .disputed: .statusDisputed
    }
  }
}

extension PaymentStatus: Named {
  public var phrase: Phrase {
    switch self {
    case .starting: .paymentStarting
    case .pending: .paymentPending
    case .succeeded: .paymentSucceeded
    case .failed: .paymentFailed
    case .closed: .paymentClosed
    case .duplicate: .paymentDuplicate
    case .suspicious: .paymentSuspicious
    }
  }
}

extension RefundStatus: Named {
  public var phrase: Phrase {
    switch self {
    case .requested: .refundRequested
    case .pending: .refundPending
    case .succeeded: .refundSucceeded
    case .failed: .refundFailed
    }
  }
}

extension RefundRule: Named {
  public var phrase: Phrase {
    switch self {
    case .takeBack: .ruleTakeBack
    case .takeBackToZero: .ruleTakeBackToZero
    case .leave: .ruleLeave
    }
  }
}

extension UserRole: Named {
  public var phrase: Phrase {
    switch self {
    case .user: .roleUser
    case .viewer: .roleViewer
    case .operator: .roleOperator
    case .administrator: .roleAdministrator
    }
  }
}
