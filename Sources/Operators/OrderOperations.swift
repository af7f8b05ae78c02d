import Audit
import Controls
public import Database
public import Orders
public import Payments
import Provider
public import Vocabulary

/// What operators do about an order whose payment does not come to an end.
public enum OrderOperations {
  /// What a provider said about one payment.
  public struct Answer: Hashable, Sendable {
    public let outTradeNo: String
    public let provider: PaymentMethod
    /// Nil when the provider is not configured any more.
    public let answer: ProviderAnswer?
  }

  /// Asks the providers about every payment of an order and settles what they answer. Nobody is asked why.
  /// - Returns: nil while settlement is stopped; nobody is asked then.
  public static func query(
    _ order: CoinOrder, with caretaker: Caretaker, by actor: String,
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> [Answer]? {
    if try Controls.load(in: &connection).settlementIsStopped { return nil }
    var answers: [Answer] = []
    for payment in try Payment.list(of: order.id, in: &connection) {
      answers.append(
        Answer(
          outTradeNo: payment.outTradeNo, provider: payment.facts.provider,
          answer: try caretaker.ask(about: payment, on: &connection)))
    }
    let told = answers.map { "\($0.outTradeNo): \($0.answer?.text ?? "not configured")" }
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try Operation(by: actor, saying: "asked").record(
        .queryOrder, of: order.number.text, details: told.joined(separator: "; "),
        in: &transaction, at: moment)
      return .commit(())
    }
    return answers
  }
}
