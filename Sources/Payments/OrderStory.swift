public import Database
public import Orders
import Provider
public import Vocabulary

/// Everything that is known about an order, in the order in which it happened.
public enum OrderStory {
  public static func lines(
    of order: CoinOrder, now: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> [String] {
    var lines = [
      "\(order.number)  \(order.status(at: now).rawValue)  \(order.amount)  "
        + "\(order.coins)+\(order.bonusCoins) coins  user \(order.userID)  until \(order.expiresAt)"
    ]
    for payment in try Payment.list(of: order.id, in: &connection) {
      lines.append(
        "payment \(payment.attempt)  \(payment.facts.provider)  \(payment.outTradeNo)  "
          + "\(payment.facts.status.rawValue)  \(payment.facts.amount)  "
          + (payment.facts.providerTransactionID ?? "-"))
    }
    for refund in try Refund.list(of: order.id, in: &connection) {
      lines.append(
        "refund  \(refund.outRequestNo)  \(refund.status.rawValue)  \(refund.amount)  "
          + "\(refund.share.total) coins  \(refund.actor): \(refund.reason)  \(refund.cause ?? "")")
    }
    for dispute in try Dispute.list(of: order.id, in: &connection) {
      let deadline = dispute.respondBy.map { "evidence until \($0)" } ?? ""
      lines.append(
        "dispute  \(dispute.disputeID)  \(dispute.status.rawValue)  \(dispute.amount.minorUnits) "
          + "\(dispute.amount.currencyCode) (minor units)  \(dispute.coinsFrozen) coins  "
          + "\(dispute.reason)  \(deadline)")
    }
    let entries = try timeline(of: order, on: &connection)
    return lines
      + entries.sorted { ($0.at, $0.place) < ($1.at, $1.place) }.map {
        "\($0.at)  \($0.text)"
      }
  }

  private struct Entry {
    let at: Timestamp
    let place: Int64
    let text: String
  }

  private static func timeline(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> [Entry] {
    let transitions = try connection.all(
      """
      SELECT id, created_at, payment_id, from_status, to_status, actor, cause
      FROM order_transitions WHERE order_id = \(order.id)
      """, as: (Int64, Timestamp, Int64?, String?, String, String, String).self)
    let events = try connection.all(
      """
      SELECT e.id, e.received_at, e.source, e.kind, COALESCE(e.outcome, e.state), e.event_key
      FROM payment_events e JOIN payments p ON p.id = e.payment_id
      WHERE p.order_id = \(order.id)
      """, as: (Int64, Timestamp, String, String, String, String).self)
    let coins = try connection.all(
      """
      SELECT id, created_at, kind, coins, balance_after FROM ledger_entries
      WHERE order_id = \(order.id)
      """, as: (Int64, Timestamp, String, Int64, Int64).self)
    return events.map { id, at, source, kind, outcome, key in
      Entry(at: at, place: id, text: "event \(source) \(kind) -> \(outcome)  \(key)")
    }
      + transitions.map { id, at, payment, from, to, actor, cause in
        let what = payment == nil ? "order" : "payment"
        return Entry(
          at: at, place: id, text: "\(what) \(from ?? "-") -> \(to)  \(actor)  \(cause)")
      }
      + coins.map { id, at, kind, coins, balance in
        Entry(at: at, place: id, text: "ledger \(kind) \(coins), balance \(balance)")
      }
  }
}
