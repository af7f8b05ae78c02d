import Database
import Orders
import Pages
import Payments
import Provider
import Vocabulary

/// An order's state with what a waiting page shows beside it.
struct StatusAnswer: Encodable {
  private let order: OrderAnswer
  private let secondsLeft: Int64
  private let nextCheckSeconds: Int64?
  private let failure: String?
  private let isLookedAt: Bool

  enum CodingKeys: String, CodingKey {
    case failure
    case secondsLeft = "seconds_left"
    case nextCheckSeconds = "next_check_seconds"
    case isLookedAt = "is_looked_at"
  }

  init(_ order: CoinOrder, _ call: Call, _ connection: inout Connection) throws {
    let outlook = try call.site.checkout.outlook(of: order, on: &connection)
    let moment = call.site.clock.now()
    self.order = OrderAnswer(order, call)
    secondsLeft = order.secondsLeft(at: moment)
    nextCheckSeconds = outlook.nextCheckSeconds(of: order, at: moment)
    failure = outlook.failure(of: order, at: moment)?.name(call.language)
    isLookedAt = try call.site.checkout.isLookedAt(order, on: &connection)
  }

  func encode(to encoder: any Encoder) throws {
    try order.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(secondsLeft, forKey: .secondsLeft)
    try container.encode(nextCheckSeconds, forKey: .nextCheckSeconds)
    try container.encode(failure, forKey: .failure)
    try container.encode(isLookedAt, forKey: .isLookedAt)
  }
}

extension Timestamp {
  /// Whole seconds until a later moment, rounded up; 0 when it is over.
  func seconds(until moment: Timestamp) -> Int64 {
    max(0, (moment.microseconds - microseconds + 999_999) / 1_000_000)
  }
}

extension CoinOrder {
  /// Until the order can no longer be paid; 0 when it is not waiting.
  func secondsLeft(at moment: Timestamp) -> Int64 {
    status(at: moment) == .pending ? moment.seconds(until: expiresAt) : 0
  }
}

extension PaymentOutlook {
  /// Until the provider is asked by itself, at least 1; nil when the order is not waiting.
  func nextCheckSeconds(of order: CoinOrder, at moment: Timestamp) -> Int64? {
    guard order.status(at: moment) == .pending, let nextQueryAt else { return nil }
    return max(1, moment.seconds(until: nextQueryAt))
  }

  /// Why the last attempt failed, while that matters.
  func failure(of order: CoinOrder, at moment: Timestamp) -> FailureReason? {
    switch order.status(at: moment) {
    case .pending, .failed: cause.map { FailureReason($0.kind) }
    default: nil
    }
  }
}

extension FailureReason {
  init(_ kind: Cause.Kind) {
    self =
      switch kind {
      case .insufficientFunds: .insufficientFunds
      case .declined: .declined
      case .authenticationFailed: .authenticationFailed
      case .suspectedFraud: .suspectedFraud
      case .limitExceeded: .limitExceeded
      case .instrumentUnusable: .instrumentUnusable
      case .cancelled: .cancelled
      case .expired: .expired
      case .unavailable: .unavailable
      case .conflict, .configuration, .invalidRequest, .other: .unknown
      }
  }
}
