import Database
public import Vocabulary

/// How many coins one person behind the counter may give, take or leave with buyers on one local day
/// without a second person.
public struct OperatorRule: Sendable {
  public var coinsMax: Int64
  public var zone: TimeZoneOffset

  public init(coinsMax: Int64, zone: TimeZoneOffset) {
    self.coinsMax = coinsMax
    self.zone = zone
  }

  /// Counts a deed, unless it needs a second person: for one's own account, or beyond the limit with
  /// what was done before on the day. Others of the same person wait until the transaction has ended.
  ///
  /// - Returns: false when a second person is needed; then nothing is counted.
  func admits(
    _ person: OperatorPerson, for userID: UserID, coins: Int64, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    if person.userID == userID { return false }
    guard coins > 0 else { return true }
    let day = zone.day(of: moment).date.description
    _ = try transaction.execute(
      """
      INSERT INTO operator_days (person, day, coins) VALUES (\(person.name), \(day), 0)
      ON DUPLICATE KEY UPDATE coins = coins
      """)
    let done = try transaction.first(
      """
      SELECT coins FROM operator_days WHERE person = \(person.name) AND day = \(day) FOR UPDATE
      """, as: Int64.self)
    let (sum, isTooMuch) = (done ?? 0).addingReportingOverflow(coins)
    guard !isTooMuch, sum <= coinsMax else { return false }
    _ = try transaction.execute(
      """
      UPDATE operator_days SET coins = \(sum) WHERE person = \(person.name) AND day = \(day)
      """)
    return true
  }
}
