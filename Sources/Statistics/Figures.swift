/// What is counted for a method, a currency and a span of time. Amounts are in minor units.
public struct Figures: Hashable, Sendable {
  /// Payments that were begun in the span, and how they have ended since.
  public var begun: Int64 = 0
  public var begunSucceeded: Int64 = 0
  public var begunFailed: Int64 = 0
  public var begunClosed: Int64 = 0
  /// Payments that credited coins in the span.
  public var paid: Int64 = 0
  public var paidAmount: Int64 = 0
  /// Second payments of an order that arrived in the span.
  public var duplicates: Int64 = 0
  public var duplicatesAmount: Int64 = 0
  /// Refunds that were asked for in the span and did not fail; those of duplicates are not among them.
  public var refunds: Int64 = 0
  public var refunded: Int64 = 0
  public var refundedAmount: Int64 = 0

  public init() {}

  /// Payments that have come to an end.
  public var begunEnded: Int64 { begunSucceeded + begunFailed + begunClosed }
  /// What stays with the shop.
  public var netAmount: Int64 { paidAmount - refundedAmount }

  /// Succeeded of those that ended, in tenths of a percent; nil when none has.
  public var successPermille: Int64? {
    begunEnded == 0 ? nil : (begunSucceeded * 1_000 + begunEnded / 2) / begunEnded
  }

  public static func += (left: inout Figures, right: Figures) {
    left.begun += right.begun
    left.begunSucceeded += right.begunSucceeded
    left.begunFailed += right.begunFailed
    left.begunClosed += right.begunClosed
    left.paid += right.paid
    left.paidAmount += right.paidAmount
    left.duplicates += right.duplicates
    left.duplicatesAmount += right.duplicatesAmount
    left.refunds += right.refunds
    left.refunded += right.refunded
    left.refundedAmount += right.refundedAmount
  }
}
