public import Database
import Orders
import Provider
public import Vocabulary

/// What came of a mock payment.
public enum MockOutcome: Sendable {
  case settled(OrderNumber)
  case notFound
  /// The order can no longer be paid.
  case notPayable(OrderStatus)
  /// The event could not be stored.
  case unavailable
}

extension Checkout {
  /// Development: reports the success or failure of a mock payment through the inbox, as a provider
  /// would. Only the order's user may do so, and only while the order can be paid.
  public func payByMock(
    _ outTradeNo: String, succeeds: Bool, userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> MockOutcome {
    guard
      let payment = try Payment.find(
        provider: .mock, outTradeNo: outTradeNo, in: &connection),
      let order = try CoinOrder.lookUp(payment.orderID, of: userID, in: &connection)
    else { return .notFound }
    let moment = clock.now()
    let status = order.status(at: moment)
    let isRepeated = payment.facts.status == .succeeded && succeeds
    // A payment that was closed or replaced is no longer payable at its provider either.
    let isPayable = status == .pending && payment.facts.isOpen
    guard isPayable || isRepeated else { return .notPayable(status) }
    let kind: ProviderEvent.Kind =
      succeeds
      ? .succeeded(ReportedAmount(payment.facts.amount)) : .failed(Cause(.declined, "mock_failure"))
    let event = payment.event(
      "\(succeeds ? "success" : "failure"):\(outTradeNo)", kind, from: .mock, at: moment)
    guard let event else { return .notFound }
    do throws(SettlementQueue.SubmitError) {
      _ = try settlements.submit(ReceivedEvent(event: event, body: nil, receivedAt: moment))
      return .settled(order.number)
    } catch {
      return .unavailable
    }
  }
}
