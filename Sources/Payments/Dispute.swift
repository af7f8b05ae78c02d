public import Database
public import Provider
public import Vocabulary

extension DisputeNews.Status: ColumnDecodable {}

/// A buyer's dispute with their bank about one payment.
///
/// Invariant: while it is OPENED or LOST, `coinsFrozen` left the wallet for it and have not come back;
/// when it is WON, all that left for it has come back.
public struct Dispute: Hashable, Sendable {
  /// Nil before it is in the database.
  let id: Int64?
  public let paymentID: PaymentID
  public let disputeID: String
  public internal(set) var status: DisputeNews.Status
  /// As its newest news tells it: an inquiry about a part may become a chargeback of all.
  public internal(set) var amount: ReportedAmount
  public internal(set) var coinsFrozen: Int64
  /// Those among them that were given on top of the sale.
  var bonusFrozen: Int64 = 0
  public internal(set) var respondBy: Timestamp?
  public let reason: String
  /// What became of the coins when its money was withdrawn; nil as long as it was not, and for one that
  /// an older version wrote.
  var coinRule: RefundRule?
  /// When the provider's news of this state came about.
  public internal(set) var newsAt: Timestamp?

  /// Characters of its number that the ledger's reference keeps.
  static let referenceCharacters = 24

  /// Whether coins are kept from the user because of it.
  var isUnfavourable: Bool { status == .opened || status == .lost }

  /// Whether the coins follow the money.
  var takesCoins: Bool {
    if let coinRule { return coinRule != .leave }
    return isUnfavourable && coinsFrozen > 0
  }

  var frozen: CoinShare { CoinShare(bought: coinsFrozen - bonusFrozen, bonus: bonusFrozen) }

  /// The minor units of a payment that it is about; in another currency than was paid it is about all of it.
  func minorUnits(of paid: Money) -> Int64 {
    amount.currencyCode == paid.currency.code ? amount.minorUnits : paid.minorUnits
  }

  /// The disputes of payments, oldest first, locked. The payments are locked already.
  static func lock(
    of paymentIDs: [PaymentID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [Dispute] {
    try disputes(
      "WHERE payment_id IN \(list: paymentIDs) ORDER BY id FOR UPDATE", in: &transaction)
  }

  /// The disputes of payments, oldest first.
  ///
  /// - Parameter paymentIDs: 1…`SQL.listValuesMax`.
  public static func list(
    ofPayments paymentIDs: [PaymentID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Dispute] {
    try disputes("WHERE payment_id IN \(list: paymentIDs) ORDER BY id", in: &executor)
  }

  private static func disputes(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Dispute] {
    let rows = try executor.all(
      """
      SELECT id, payment_id, dispute_id, status, amount, currency, coins_frozen, bonus_frozen,
        respond_by, reason, coin_rule, COALESCE(news_at, updated_at)
      FROM disputes \(condition)
      """,
      as: (
        Int64, PaymentID, String, DisputeNews.Status, Int64, String, Int64, Int64, Timestamp?,
        String, String?, Timestamp
      ).self)
    return rows.map { row in
      Dispute(
        id: row.0, paymentID: row.1, disputeID: row.2, status: row.3,
        amount: ReportedAmount(minorUnits: row.4, currencyCode: row.5), coinsFrozen: row.6,
        bonusFrozen: row.7, respondBy: row.8, reason: row.9,
        coinRule: row.10.flatMap(RefundRule.init), newsAt: row.11)
    }
  }

  /// Inserts a new dispute or writes the new state of a known one. Its coins are written by `ClaimBook`.
  func write(in transaction: inout Transaction, at moment: Timestamp) throws(DatabaseError) {
    guard let id else {
      _ = try transaction.execute(
        """
        INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coin_rule, reason,
          respond_by, news_at, created_at, updated_at)
        VALUES (\(paymentID), \(disputeID), \(status.rawValue), \(amount.minorUnits),
          \(amount.currencyCode), \(coinRule?.rawValue), \(reason), \(respondBy), \(newsAt),
          \(moment), \(moment))
        """)
      return
    }
    _ = try transaction.execute(
      """
      UPDATE disputes SET status = \(status.rawValue), amount = \(amount.minorUnits),
        currency = \(amount.currencyCode), coin_rule = \(coinRule?.rawValue),
        respond_by = \(respondBy), news_at = \(newsAt), updated_at = \(moment) WHERE id = \(id)
      """)
  }
}
