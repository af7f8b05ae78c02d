/// What the calls to a provider that this thread makes are about, for their record.
public struct CallPurpose: Hashable, Sendable {
  public enum Operation: String, CaseIterable, Sendable {
    case start
    case query
    case close
    case refund
    case queryRefund = "query-refund"
    /// What a notification left open.
    case notification
    case books
    case other
  }

  public let operation: Operation
  /// Our number of the payment.
  public let outTradeNo: String?

  @TaskLocal public static var current: CallPurpose?

  /// Makes calls for a purpose.
  public static func during<R>(
    _ operation: Operation, of outTradeNo: String? = nil, _ body: () -> R
  ) -> R {
    $current.withValue(
      CallPurpose(operation: operation, outTradeNo: outTradeNo), operation: body)
  }
}
