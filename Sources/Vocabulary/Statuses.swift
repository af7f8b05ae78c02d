/// The state of a coin order.
public enum OrderStatus: String, CaseIterable, Hashable, Sendable {
  case pending = "PENDING"
  case paid = "PAID"
  case failed = "FAILED"
  case expired = "EXPIRED"
  case cancelled = "CANCELLED"
  case refunding = "REFUNDING"
  case refunded = "REFUNDED"
  case partiallyRefunded = "PARTIALLY_REFUNDED"
  case disputed = "DISPUTED"

  /// Money arrived for this order and its coins were credited, whatever happened afterwards.
  public var wasCredited: Bool {
    switch self {
    case .paid, .refunding, .refunded, .partiallyRefunded, .disputed: true
    case .pending, .failed, .expired, .cancelled: false
    }
  }

  /// What a reader is shown of an order of this stored state: a pending order is expired once its time is over,
  /// whether or not a background job has written that down.
  public func shown(at moment: Timestamp, end: Timestamp) -> OrderStatus {
    self == .pending && moment >= end ? .expired : self
  }
}

/// The state of one attempt to pay an order.
public enum PaymentStatus: String, CaseIterable, Hashable, Sendable {
  /// Committed here; whether the provider knows of it is not known yet.
  case starting = "STARTING"
  /// The provider knows of it and waits for the user.
  case pending = "PENDING"
  case succeeded = "SUCCEEDED"
  case failed = "FAILED"
  /// Closed at the provider, or never begun there.
  case closed = "CLOSED"
  /// Money arrived a second time for an order that another payment had settled.
  case duplicate = "DUPLICATE"
  /// A verified notification contradicts what was stored; nothing was credited.
  case suspicious = "SUSPICIOUS"
}

/// The state of a refund.
public enum RefundStatus: String, CaseIterable, Hashable, Sendable {
  /// Committed here; whether the provider knows of it is not known yet.
  case requested = "REQUESTED"
  /// The provider is carrying it out.
  case pending = "PENDING"
  case succeeded = "SUCCEEDED"
  /// The money stayed with us.
  case failed = "FAILED"

  /// Whether money may still move.
  public var isOpen: Bool { self == .requested || self == .pending }
}

/// What becomes of the coins of an order whose money is given back.
public enum RefundRule: String, CaseIterable, Hashable, Sendable {
  /// All coins of the refunded part, or no refund.
  case takeBack = "take-back"
  /// As many of them as the wallet has.
  case takeBackToZero = "take-back-to-zero"
  /// None.
  case leave
}

/// What an account may do. Each may do all that those before it may.
public enum UserRole: String, CaseIterable, Hashable, Comparable, Sendable {
  case user
  /// Sees everything behind the counter and changes nothing.
  case viewer
  case `operator`
  case administrator

  private var rank: Int {
    switch self {
    case .user: 0
    case .viewer: 1
    case .operator: 2
    case .administrator: 3
    }
  }

  public static func < (left: UserRole, right: UserRole) -> Bool { left.rank < right.rank }
}
