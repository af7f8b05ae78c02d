import LogLines
import Logging
import Orders
import Provider
import Vocabulary

/// One line for each thing that a buyer did with an order.
struct CheckoutLog: Sendable {
  let logger: Logger

  func made(_ order: CoinOrder) {
    var fields = describe(order)
    fields[.amount] = "\(order.amount)"
    logger.write(.info, "order made", fields)
  }

  /// A wish to pay that came to nothing before any provider was asked.
  func refused(_ outcome: CheckoutOutcome, _ method: PaymentMethod, _ user: UserID) {
    logger.write(
      .notice, "a wish to pay was refused",
      [.user: "\(user)", .provider: "\(method)", .outcome: "\(outcome.name)"])
  }

  /// - Parameter duration: of the call; nil when none was needed.
  func started(_ payment: Payment, of order: CoinOrder, after duration: Duration?) {
    var fields = describe(payment, order)
    fields[.outcome] = "STARTED"
    if let duration { fields[.durationMilliseconds] = "\(duration.inMilliseconds)" }
    logger.write(.info, "payment started", fields)
  }

  func notStarted(
    _ text: Logger.Message, _ outcome: String, _ payment: Payment, of order: CoinOrder,
    _ cause: Cause, after duration: Duration
  ) {
    var fields = describe(payment, order)
    fields[.outcome] = "\(outcome)"
    fields[.cause] = "\(cause)"
    fields[.durationMilliseconds] = "\(duration.inMilliseconds)"
    logger.write(.error, text, fields)
  }

  func cancelled(_ order: CoinOrder) { logger.write(.info, "order cancelled", describe(order)) }

  private func describe(_ order: CoinOrder) -> LogFields {
    [
      .orderNumber: "\(order.number)", .user: "\(order.userID)",
      .provider: "\(order.paymentMethod)",
    ]
  }

  private func describe(_ payment: Payment, _ order: CoinOrder) -> LogFields {
    [
      .orderNumber: "\(order.number)", .user: "\(order.userID)",
      .provider: "\(payment.facts.provider)", .outTradeNumber: "\(payment.outTradeNo)",
    ]
  }
}

extension CheckoutOutcome {
  fileprivate var name: String {
    switch self {
    case .ready: "READY"
    case .methodUnavailable: "METHOD_UNAVAILABLE"
    case .beingMade: "BEING_MADE"
    case .packageNotFound: "PACKAGE_NOT_FOUND"
    case .orderNotFound: "ORDER_NOT_FOUND"
    case .methodNotOffered: "METHOD_NOT_OFFERED"
    case .notPricedForMethod: "NOT_PRICED_FOR_METHOD"
    case .ordersPaused: "ORDERS_PAUSED"
    case .keyReused: "KEY_REUSED"
    case .limitReached: "LIMIT_REACHED"
    case .notPayable: "NOT_PAYABLE"
    }
  }
}
