public import Database
public import HTTP
import Orders
import Provider
public import Vocabulary

extension Checkout {
  /// The order that a provider's page sends the browser back for. It decides what to show and makes
  /// the payment due to be asked about; it never says that money arrived.
  public func orderNumber(
    ofReturn query: QueryParameters, of userID: UserID, on connection: inout Connection
  ) throws(DatabaseError) -> OrderNumber? {
    for provider in registry.signedReturnProviders {
      guard let number = provider.outTradeNo(ofReturn: query),
        let payment = try Payment.find(
          provider: provider.method, outTradeNo: number, in: &connection),
        let order = try CoinOrder.lookUp(payment.orderID, of: userID, in: &connection)
      else { continue }
      if payment.facts.isOpen {
        try setNextQuery(
          of: payment.reference, at: provider.method, clock.now(), on: &connection)
      }
      return order.number
    }
    return nil
  }
}
