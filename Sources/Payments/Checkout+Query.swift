public import Database
public import Provider
public import Vocabulary

extension Checkout {
  /// Makes a payment due to be asked about at its provider. Numbers that are not ours change nothing.
  public func queryNow(
    _ reference: PaymentReference, at method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) {
    let moment = clock.now()
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      _ = try transaction.execute(
        """
        UPDATE payments SET next_query_at = \(moment)
        WHERE provider = \(method) AND out_trade_no = \(reference.outTradeNo)
        """)
      return .commit(())
    }
  }
}
