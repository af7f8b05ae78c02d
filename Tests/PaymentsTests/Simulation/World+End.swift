import Database
import Kit
import Orders
import Provider
import Synchronization
import Threads
import Vocabulary

@testable import Payments

extension World {
  /// Rounds after the trouble ended; far more than are needed.
  private static let calmRoundsMax = 3_000
  private static let calmStepSeconds: Int64 = 900

  /// Ends the trouble and lets the caretaker finish what is open.
  mutating func settleDown() throws {
    endTrouble()
    try deliver(all: true)
    for _ in 0..<World.calmRoundsMax {
      clock.advance(seconds: World.calmStepSeconds)
      // Banks go on to decide about what is asked for only now.
      for provider in providers { provider.calmDown() }
      while try round() > 0 {}
      if try isQuiet() {
        software.end()
        return
      }
    }
    throw Broken(what: "something stays open for ever: \(try whatIsOpen())")
  }

  private mutating func whatIsOpen() throws -> [String] {
    try connection.all(
      """
      SELECT CONCAT('payment ', out_trade_no, ' ', provider, ' ', status) FROM payments
        WHERE next_query_at IS NOT NULL
      UNION ALL SELECT CONCAT('refund ', r.out_request_no, ' ', r.status, ' ', r.amount, ' ',
        (SELECT GROUP_CONCAT(CONCAT_WS(' ', e.event_key, e.kind, e.state, e.outcome))
          FROM payment_events e WHERE e.payment_id = r.payment_id))
        FROM refunds r WHERE r.next_attempt_at IS NOT NULL
      UNION ALL SELECT CONCAT('event ', event_key, ' ', kind, ' ', state, ' ',
        COALESCE(last_error, '')) FROM payment_events WHERE state <> 'SETTLED'
      UNION ALL SELECT CONCAT('order ', order_no) FROM coin_orders WHERE status = 'PENDING' LIMIT 20
      """, as: String.self)
  }

  private mutating func isQuiet() throws -> Bool {
    let open = try connection.first(
      """
      SELECT (SELECT COUNT(*) FROM payments WHERE next_query_at IS NOT NULL)
        + (SELECT COUNT(*) FROM refunds WHERE next_attempt_at IS NOT NULL)
        + (SELECT COUNT(*) FROM payment_events WHERE state <> 'SETTLED')
        + (SELECT COUNT(*) FROM coin_orders WHERE status = 'PENDING')
      """, as: Int64.self)
    return open == 0
  }

  /// Where the providers' books and ours differ; empty when they agree.
  mutating func differences() throws -> [String] {
    var differences: [String] = []
    for provider in providers {
      let trades = provider.state.withLock { $0.trades }
      let ours = try ourPayments(provider.method)
      for (number, trade) in trades.sorted(by: { $0.key < $1.key }) {
        guard let payment = ours[number] else {
          differences.append("\(number) is not here")
          continue
        }
        if payment.isPaid != (trade.state == .paid) {
          differences.append("\(number) is \(trade.state) there and \(payment.status) here")
        }
        if payment.refunded != trade.refunded {
          differences.append(
            "\(number): \(trade.refunded) given back, \(payment.refunded) here; there: "
              + "\(trade.state) \(trade.refunds), here: \(payment.status) \(try story(number))")
        }
      }
    }
    return differences + (try wrongByBooks())
  }

  /// What the inbox and the refunds say about a payment.
  private mutating func story(_ number: String) throws -> [String] {
    try connection.all(
      """
      SELECT CONCAT_WS(' ', e.event_key, e.kind, e.state, e.outcome, e.news_status, e.news_no)
      FROM payment_events e WHERE e.out_trade_no = \(number)
      UNION ALL SELECT CONCAT_WS(' ', r.out_request_no, r.status, r.amount)
      FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.out_trade_no = \(number)
      """, as: String.self)
  }

  private struct OurPayment {
    let status: String
    let refunded: Int64

    var isPaid: Bool { status == "SUCCEEDED" || status == "DUPLICATE" }
  }

  private mutating func ourPayments(_ method: PaymentMethod) throws -> [String: OurPayment] {
    let rows = try connection.all(
      """
      SELECT p.out_trade_no, p.status,
        CAST(COALESCE(SUM(IF(r.status = 'SUCCEEDED', r.amount, 0)), 0) AS SIGNED)
      FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id
      WHERE p.provider = \(method) GROUP BY p.id, p.out_trade_no, p.status
      """, as: (String, String, Int64).self)
    return Dictionary(
      uniqueKeysWithValues: rows.map { ($0.0, OurPayment(status: $0.1, refunded: $0.2)) })
  }

  /// A wallet holds the coins of its paid orders without those that refunds and disputes keep.
  mutating func wrongWallets() throws -> [String] {
    let rows = try connection.all(
      """
      SELECT w.user_id, w.balance, CAST(
        COALESCE((SELECT SUM(o.coins + o.bonus_coins) FROM coin_orders o
          WHERE o.user_id = w.user_id AND o.paid_at IS NOT NULL), 0)
        - COALESCE((SELECT SUM(r.coins_taken + r.bonus_taken) FROM refunds r
          JOIN payments p ON p.id = r.payment_id JOIN coin_orders o ON o.id = p.order_id
          WHERE o.user_id = w.user_id AND r.status <> 'FAILED'), 0)
        - COALESCE((SELECT SUM(d.coins_frozen) FROM disputes d
          JOIN payments p ON p.id = d.payment_id JOIN coin_orders o ON o.id = p.order_id
          WHERE o.user_id = w.user_id AND d.status IN ('OPENED', 'LOST')), 0) AS SIGNED)
      FROM wallets w
      """, as: (UserID, Int64, Int64).self)
    return rows.filter { $0.1 != $0.2 }.map { "user \($0.0) has \($0.1) coins, not \($0.2)" }
  }

  /// Counts what only the tables tell.
  mutating func countEnds() throws {
    let row = try connection.first(
      """
      SELECT (SELECT COUNT(*) FROM coin_orders WHERE paid_at IS NOT NULL),
        (SELECT COUNT(*) FROM payments WHERE status = 'DUPLICATE'),
        (SELECT COUNT(*) FROM order_transitions WHERE payment_id IS NULL
          AND to_status = 'EXPIRED'),
        (SELECT COUNT(*) FROM order_transitions WHERE payment_id IS NULL AND to_status = 'PAID'
          AND from_status IN ('EXPIRED', 'CANCELLED', 'FAILED'))
      """, as: (Int64, Int64, Int64, Int64).self)
    guard let row else { throw Broken(what: "no counts") }
    let ends = zip(
      [Ingredient.paid, .paidTwice, .expired, .paidLate], [row.0, row.1, row.2, row.3])
    for (ingredient, times) in ends { tally.count(ingredient, times: Int(times)) }
  }
}
