import Provider
import Vocabulary

/// Where an event stands in the inbox; the column `payment_events.state`.
public enum EventState: String, CaseIterable, Sendable {
  case pending = "PENDING"
  /// Tried for the last time, or not fit to be tried.
  case parked = "PARKED"
  case settled = "SETTLED"
}

/// What became of a settled event; the column `payment_events.outcome`.
public enum EventOutcome: String, CaseIterable, Sendable {
  case credited = "CREDITED"
  case duplicate = "DUPLICATE"
  case confirming = "CONFIRMING"
  case suspicious = "SUSPICIOUS"
  case failed = "FAILED"
  case closed = "CLOSED"
  case ignored = "IGNORED"
  case refundRequested = "REFUND_REQUESTED"
  case refundPending = "REFUND_PENDING"
  case refundSucceeded = "REFUND_SUCCEEDED"
  case refundFailed = "REFUND_FAILED"
  case disputeInquiry = "DISPUTE_INQUIRY"
  case disputeOpened = "DISPUTE_OPENED"
  case disputeWon = "DISPUTE_WON"
  case disputeLost = "DISPUTE_LOST"
  case unmatched = "UNMATCHED"
  /// It only said that something changed, and the provider was asked what.
  case read = "READ"
  /// An operator gave it up.
  case discarded = "DISCARDED"
}

extension SettlementOutcome {
  /// As stored.
  var stored: EventOutcome {
    switch self {
    case .credited: .credited
    case .duplicate: .duplicate
    case .confirming: .confirming
    case .suspicious: .suspicious
    case .failed: .failed
    case .closed: .closed
    case .ignored: .ignored
    case .refund(let status): Self.stored(status)
    case .refundInPlace(let status): Self.stored(status)
    case .refundFailedBesideDoubt: .refundFailed
    case .refundAfterFailure: .refundSucceeded
    case .dispute(let status, _, _, _): Self.stored(status)
    case .unmatched: .unmatched
    }
  }

  private static func stored(_ status: RefundStatus) -> EventOutcome {
    switch status {
    case .requested: .refundRequested
    case .pending: .refundPending
    case .succeeded: .refundSucceeded
    case .failed: .refundFailed
    }
  }

  private static func stored(_ status: DisputeNews.Status) -> EventOutcome {
    switch status {
    case .inquiry: .disputeInquiry
    case .opened: .disputeOpened
    case .won: .disputeWon
    case .lost: .disputeLost
    }
  }
}
