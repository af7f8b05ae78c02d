/// Why money is in suspense; the column `suspense_entries.reason`.
public enum SuspenseReason: Hashable, Sendable {
  case unmatched
  case paidTwice
  /// Believed only when the provider says it again.
  case unconfirmed
  case mismatch(Mismatch)
}

extension SuspenseReason: RawRepresentable {
  public init?(rawValue: String) {
    switch Mismatch(rawValue: rawValue) {
    case let mismatch?: self = .mismatch(mismatch)
    case nil:
      let plain: [SuspenseReason] = [.unmatched, .paidTwice, .unconfirmed]
      guard let known = plain.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = known
    }
  }

  public var rawValue: String {
    switch self {
    case .unmatched: "unmatched"
    case .paidTwice: "paid_twice"
    case .unconfirmed: "unconfirmed"
    case .mismatch(let mismatch): mismatch.rawValue
    }
  }
}

extension SettlementOutcome {
  /// Why the money of the event is in suspense; nil when it is not.
  var suspenseReason: SuspenseReason? {
    switch self {
    case .unmatched: .unmatched
    case .duplicate: .paidTwice
    case .confirming: .unconfirmed
    case .suspicious(let mismatch): .mismatch(mismatch)
    case .credited, .failed, .closed, .ignored, .refund, .refundFailedBesideDoubt, .refundInPlace,
      .refundAfterFailure, .dispute:
      nil
    }
  }
}
