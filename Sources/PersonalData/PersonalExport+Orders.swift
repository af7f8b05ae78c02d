import Accounts
public import Database
import FoundationEssentials
import Orders
public import Vocabulary

extension PersonalExport {
  /// An order with the number to go on after.
  public struct NumberedOrder: Sendable {
    public let id: OrderID
    public internal(set) var order: PersonalRecords.Order
  }

  /// The orders after one, oldest first, at most `ordersMax`, each with all that belongs to it.
  public func orders(
    after id: OrderID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [NumberedOrder] {
    var orders = try executor.all(
      """
      SELECT id, order_no, status, amount, currency, coins, bonus_coins, payment_method, created_at,
        expires_at, paid_at
      FROM coin_orders WHERE user_id = \(user.id) AND id > \(id)
      ORDER BY id LIMIT \(Self.ordersMax)
      """,
      as: (
        OrderID, String, OrderStatus, Int64, Currency, Int64, Int64, String, Timestamp, Timestamp,
        Timestamp?
      ).self
    ).map { row in
      NumberedOrder(
        id: row.0,
        order: PersonalRecords.Order(
          orderNo: row.1, status: row.2.shown(at: now, end: row.9).rawValue,
          amount: Self.decimal(row.3, row.4), currency: row.4.code, coins: row.5, bonusCoins: row.6,
          paymentMethod: row.7, createdAt: zone.rfc3339(row.8),
          expiresAt: zone.rfc3339(row.9), paidAt: row.10.map(zone.rfc3339)))
    }
    let ids = orders.map(\.id)
    guard !ids.isEmpty else { return [] }
    let payments = try payments(of: ids, in: &executor)
    let refunds = try refunds(of: ids, in: &executor)
    let disputes = try disputes(of: ids, in: &executor)
    let history = try history(of: ids, in: &executor)
    for index in orders.indices {
      let id = orders[index].id
      orders[index].order.payments = payments[id] ?? []
      orders[index].order.refunds = refunds[id] ?? []
      orders[index].order.disputes = disputes[id] ?? []
      orders[index].order.history = history[id] ?? []
    }
    return orders
  }

  private static func decimal(_ minorUnits: Int64, _ currency: Currency) -> Decimal {
    Money(minorUnits: minorUnits, currency: currency)?.jsonNumber ?? 0
  }

  private func payments(
    of ids: [OrderID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OrderID: [PersonalRecords.Payment]] {
    let rows = try executor.all(
      """
      SELECT order_id, out_trade_no, provider, provider_txn_id, status, amount, currency, cause,
        created_at, succeeded_at
      FROM payments WHERE order_id IN \(list: ids) ORDER BY id
      """,
      as: (
        OrderID, String, String, String?, String, Int64, Currency, String?, Timestamp, Timestamp?
      ).self)
    return Dictionary(grouping: rows, by: { $0.0 }).mapValues { rows in
      rows.map { row in
        PersonalRecords.Payment(
          outTradeNo: row.1, provider: row.2, providerTransaction: row.3, status: row.4,
          amount: Self.decimal(row.5, row.6), currency: row.6.code, cause: row.7,
          createdAt: zone.rfc3339(row.8), succeededAt: row.9.map(zone.rfc3339))
      }
    }
  }

  private func refunds(
    of ids: [OrderID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OrderID: [PersonalRecords.Refund]] {
    let rows = try executor.all(
      """
      SELECT p.order_id, r.out_request_no, r.status, r.amount, r.currency,
        r.coins_taken + r.bonus_taken, r.reason, r.created_at
      FROM payments p JOIN refunds r ON r.payment_id = p.id
      WHERE p.order_id IN \(list: ids) ORDER BY r.id
      """, as: (OrderID, String, String, Int64, Currency, Int64, String, Timestamp).self)
    return Dictionary(grouping: rows, by: { $0.0 }).mapValues { rows in
      rows.map { row in
        PersonalRecords.Refund(
          outRequestNo: row.1, status: row.2, amount: Self.decimal(row.3, row.4),
          currency: row.4.code, coinsTaken: row.5, reason: row.6, createdAt: zone.rfc3339(row.7))
      }
    }
  }

  private func disputes(
    of ids: [OrderID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OrderID: [PersonalRecords.Dispute]] {
    let rows = try executor.all(
      """
      SELECT p.order_id, d.dispute_id, d.status, d.amount, d.currency, d.coins_frozen, d.reason,
        d.created_at
      FROM payments p JOIN disputes d ON d.payment_id = p.id
      WHERE p.order_id IN \(list: ids) ORDER BY d.id
      """, as: (OrderID, String, String, Int64, Currency, Int64, String, Timestamp).self)
    return Dictionary(grouping: rows, by: { $0.0 }).mapValues { rows in
      rows.map { row in
        PersonalRecords.Dispute(
          disputeId: row.1, status: row.2, amount: Self.decimal(row.3, row.4),
          currency: row.4.code, coinsFrozen: row.5, reason: row.6, createdAt: zone.rfc3339(row.7))
      }
    }
  }

  private func history(
    of ids: [OrderID], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [OrderID: [PersonalRecords.Change]] {
    let rows = try executor.all(
      """
      SELECT order_id, payment_id IS NULL, from_status, to_status, cause, created_at
      FROM order_transitions WHERE order_id IN \(list: ids) ORDER BY id
      """, as: (OrderID, Bool, String?, String, String, Timestamp).self)
    return Dictionary(grouping: rows, by: { $0.0 }).mapValues { rows in
      rows.map { row in
        PersonalRecords.Change(
          subject: row.1 ? "order" : "payment", from: row.2, to: row.3, cause: row.4,
          at: zone.rfc3339(row.5))
      }
    }
  }
}
