import Audit
public import Database
import Orders
public import Vocabulary

/// Removes orders that were never paid and have been over for long, with all that belongs to them.
///
/// An order goes as a whole or not at all, in small transactions that lock nothing but rows nobody
/// uses any more; each is recorded in the chain of operators' actions. An order with any trace of
/// money stays for ever: the rules below look for it, and the foreign keys of ledger, refunds,
/// disputes and suspense refuse to lose their order even if the rules were wrong.
public struct OrderPurge: Sendable {
  /// What was removed, or would be.
  public struct Counts: Hashable, Sendable {
    public internal(set) var orders = 0
    public internal(set) var payments = 0
    public internal(set) var events = 0
    public internal(set) var transitions = 0
    /// Orders that are old and not paid, but have some trace of money or something open.
    public internal(set) var kept = 0

    mutating func add(_ other: Counts) {
      orders += other.orders
      payments += other.payments
      events += other.events
      transitions += other.transitions
      kept += other.kept
    }
  }

  /// Orders of one transaction.
  static let batchOrdersMax = 50
  /// MariaDB: a row cannot be deleted, because another refers to it.
  private static let referencedCode: UInt32 = 1451

  private let cutoff: Timestamp
  private let actor: String
  private let isDryRun: Bool
  private var statuses = [OrderStatus.expired, .cancelled, .failed][...]
  private var last: (expiresAt: Timestamp, id: OrderID)?
  public private(set) var counts = Counts()

  /// - Parameters:
  ///   - cutoff: orders whose time was over and that did not change after this moment.
  ///   - actor: who is recorded.
  ///   - isDryRun: only counts.
  public init(before cutoff: Timestamp, actor: String, isDryRun: Bool) {
    self.cutoff = cutoff
    self.actor = actor
    self.isDryRun = isDryRun
  }

  /// Looks at the next orders and removes those that may go.
  /// - Returns: false when there are no more.
  public mutating func next(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    guard let status = statuses.first else { return false }
    let candidates = try candidates(status, on: &connection)
    guard let end = candidates.last else {
      statuses.removeFirst()
      last = nil
      return !statuses.isEmpty
    }
    last = (end.1, end.0)
    let ids = candidates.map(\.0).sorted()
    do throws(DatabaseError) {
      counts.add(try remove(ids, on: &connection, at: moment))
    } catch {
      guard error.code == OrderPurge.referencedCode else { throw error }
      try removeOneByOne(ids, on: &connection, at: moment)
    }
    return true
  }

  /// The next orders in the index, read without locking.
  private func candidates(
    _ status: OrderStatus, on connection: inout Connection
  ) throws(DatabaseError) -> [(OrderID, Timestamp)] {
    let after: SQL =
      last.map { last in
        """
        AND expires_at >= \(last.expiresAt)
        AND (expires_at > \(last.expiresAt) OR id > \(last.id))
        """
      } ?? ""
    return try connection.all(
      """
      SELECT id, expires_at FROM coin_orders
      WHERE status = \(status) AND expires_at < \(cutoff) \(after)
      ORDER BY expires_at, id LIMIT \(OrderPurge.batchOrdersMax)
      """, as: (OrderID, Timestamp).self)
  }

  /// Something that the rules do not know refers to one of the orders: that one stays.
  private mutating func removeOneByOne(
    _ ids: [OrderID], on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) {
    for id in ids {
      do throws(DatabaseError) {
        counts.add(try remove([id], on: &connection, at: moment))
      } catch {
        guard error.code == OrderPurge.referencedCode else { throw error }
        counts.kept += 1
      }
    }
  }

  private func remove(
    _ ids: [OrderID], on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Counts {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Counts> in
      let batch = try PurgeBatch.lock(ids, before: cutoff, in: &transaction)
      guard !isDryRun, batch.counts.orders > 0 else { return .rollback(batch.counts) }
      try batch.delete(in: &transaction)
      _ = try OperatorAction(
        actor: actor, kind: .purgeOrders, subject: batch.subject, reason: "never paid and old",
        details: "\(batch.counts.orders) orders, \(batch.counts.payments) payments"
      ).record(in: &transaction, at: moment)
      return .commit(batch.counts)
    }
  }
}
