import Audit
public import Database
public import Orders
import Provider
public import Vocabulary

/// What operators do about an order whose payment does not come to an end.
public enum OrderOperations {
  /// What a provider said about one payment.
  public struct Answer: Hashable, Sendable {
    public let outTradeNo: String
    /// Nil when the provider is not configured any more.
    public let answer: ProviderAnswer?
  }

  /// Asks the providers about every payment of an order and settles what they answer.
  public static func query(
    _ order: CoinOrder, by caretaker: Caretaker, actor: String, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> [Answer] {
    var answers: [Answer] = []
    for payment in try Payment.list(of: order.id, in: &connection) {
      answers.append(
        Answer(
          outTradeNo: payment.outTradeNo, answer: try caretaker.ask(about: payment, on: &connection)
        ))
    }
    let told = answers.map { "\($0.outTradeNo): \($0.answer?.text ?? "not configured")" }
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      _ = try OperatorAction(
        actor: actor, kind: .queryOrder, subject: order.number.text, reason: "asked",
        details: told.joined(separator: "; ")
      ).record(in: &transaction, at: moment)
      return .commit(())
    }
    return answers
  }

  /// Lets the events of an order that wait or were given up be settled again by the same path, at
  /// once.
  /// - Returns: the number of events.
  public static func resettle(
    _ order: CoinOrder, reason: String, actor: String, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> Int64 {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Int64> in
      let payments = try Payment.list(of: order.id, in: &transaction)
      let names = payments.flatMap {
        [$0.outTradeNo, $0.facts.providerTransactionID ?? $0.outTradeNo]
      }
      guard !names.isEmpty else { return .rollback(0) }
      let result = try transaction.execute(
        """
        UPDATE payment_events SET state = 'PENDING', attempts = 0, next_attempt_at = \(moment)
        WHERE state IN ('PENDING', 'PARKED')
          AND (out_trade_no IN \(list: names) OR provider_txn_id IN \(list: names))
        """)
      guard result.affectedRows > 0 else { return .rollback(0) }
      _ = try OperatorAction(
        actor: actor, kind: .resettleOrder, subject: order.number.text, reason: reason,
        details: "\(result.affectedRows) events"
      ).record(in: &transaction, at: moment)
      return .commit(result.affectedRows)
    }
  }
}
