import Database
import Orders
import Provider
import Synchronization
import Vocabulary

@testable import Payments

/// What orders and wallets have to be, reckoned from what was bought, the providers' books and the
/// rules alone. Of our tables only names are read: which of two paid trades paid the order, and which
/// refund came of which wish.
extension World {
  private typealias Trade = SimulatedProvider.Trade

  mutating func wrongByBooks() throws -> [String] {
    let left = try refundsThatLeave()
    let credited = try connection.all(
      "SELECT out_trade_no FROM payments WHERE status = 'SUCCEEDED'", as: String.self)
    let paying = Set<String>(credited)
    let paid = providers.flatMap { provider in
      provider.state.withLock { $0.trades.values.filter { $0.state == .paid } }
    }
    var wrong: [String] = []
    var coins: [UserID: Int64] = [:]
    var coinsOfOrders: [String: Int64] = [:]
    var status: [String: String] = [:]
    let trades = Dictionary(grouping: paid) { World.orderNumber(of: $0.outTradeNo) }
    for (number, user) in numbers {
      guard let paidTrades = trades[number.text] else { continue }
      let credited = paidTrades.filter { paying.contains($0.outTradeNo) }
      guard credited.count == 1, let trade = credited.first else {
        wrong.append("\(number) was paid \(paidTrades.count) times, credited \(credited.count)")
        continue
      }
      let kept = World.coinsKept(trade, left)
      coins[user, default: 0] += kept
      coinsOfOrders[number.text] = kept
      status[number.text] = World.status(trade)
    }
    wrong += try wrongCoins(coinsOfOrders)
    return try wrong + wrongBalances(coins) + wrongOrders(status) + wrongDisputes(paid)
  }

  /// `COIN_20260102_12345678`, of which a trade may be a further attempt.
  private static func orderNumber(of outTradeNo: String) -> String {
    outTradeNo.split(separator: "_").prefix(3).joined(separator: "_")
  }

  /// The share of all money that is gone, of each sort of coins rounded up, stays away.
  private static func coinsKept(_ trade: Trade, _ left: Set<String>) -> Int64 {
    let paid = trade.amount.minorUnits
    let refunded = trade.refunds.filter {
      $0.value.status != .failed && !left.contains("\(trade.outTradeNo) \($0.key)")
    }.reduce(Int64(0)) { $0 + $1.value.amount.minorUnits }
    let disputed = trade.disputes.values.filter(\.isStanding).reduce(Int64(0)) { $0 + $1.amount }
    let gone = min(paid, refunded + disputed)
    return [coins, bonusCoins].reduce(0) { $0 + $1 - ($1 * gone + paid - 1) / paid }
  }

  private static func status(_ trade: Trade) -> String {
    if trade.disputes.values.contains(where: \.isStanding) { return "DISPUTED" }
    if trade.refunded == 0 { return "PAID" }
    return trade.refunded < trade.amount.minorUnits ? "PARTIALLY_REFUNDED" : "REFUNDED"
  }

  private mutating func refundsThatLeave() throws -> Set<String> {
    let rows = try connection.all(
      """
      SELECT CONCAT(p.out_trade_no, ' ', r.out_request_no), r.request_key
      FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.request_key IS NOT NULL
      """, as: (String, String).self)
    return Set(rows.filter { keysThatLeave.contains($0.1) }.map(\.0))
  }

  /// Orders that left other coins with their user than the books make them, with what was posted.
  private mutating func wrongCoins(_ expected: [String: Int64]) throws -> [String] {
    let rows = try connection.all(
      """
      SELECT o.order_no,
        CAST(SUM(IF(e.credit_account LIKE 'wallet:%', e.coins, -e.coins)) AS SIGNED),
        GROUP_CONCAT(CONCAT_WS(' ', e.kind, e.reference, e.coins) ORDER BY e.id)
      FROM ledger_entries e JOIN coin_orders o ON o.id = e.order_id GROUP BY o.order_no
      """, as: (String, Int64, String).self)
    return rows.compactMap { number, coins, entries in
      let kept = expected[number] ?? 0
      return coins == kept ? nil : "\(number) left \(coins) coins, not \(kept): \(entries)"
    }
  }

  private mutating func wrongBalances(_ expected: [UserID: Int64]) throws -> [String] {
    try connection.all("SELECT user_id, balance FROM wallets", as: (UserID, Int64).self)
      .filter { $0.1 != expected[$0.0] ?? 0 }
      .map { "user \($0.0) has \($0.1) coins, not \(expected[$0.0] ?? 0)" }
  }

  private mutating func wrongOrders(_ expected: [String: String]) throws -> [String] {
    try connection.all("SELECT order_no, status FROM coin_orders", as: (String, String).self)
      .filter { number, status in
        expected[number].map { $0 != status }
          ?? !["EXPIRED", "CANCELLED", "FAILED"].contains(status)
      }
      .map { "\($0.0) is \($0.1), not \(expected[$0.0] ?? "unpaid")" }
  }

  private mutating func wrongDisputes(_ paid: [Trade]) throws -> [String] {
    let ours = Dictionary(
      uniqueKeysWithValues: try connection.all(
        "SELECT dispute_id, status FROM disputes", as: (String, String).self))
    return paid.flatMap(\.disputes).filter { ours[$0.key] != $0.value.status.rawValue }
      .map { "\($0.key) is \($0.value.status), here \(ours[$0.key] ?? "nothing")" }
  }
}
