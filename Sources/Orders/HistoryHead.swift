import Crypto
import Database
import Seals
import Vocabulary

/// The end of the chain that the transitions of one order form, as the order keeps it.
///
/// Each order has a chain of its own, so that purging a whole order leaves every other history
/// provable. Versions before chains wrote rows without a hash; a chain begins with the first row that
/// has one.
struct HistoryHead {
  let orderID: OrderID
  /// Chained transitions so far; the next one has sequence `count + 1`.
  var count: Int64
  var hash: [UInt8]

  /// The previous hash of a first transition: 32 zero bytes.
  static let originHash = [UInt8](repeating: 0, count: 32)

  /// The heads of the orders of transitions, which the caller has locked or made. An order that comes
  /// into being with one of them has no history to read.
  static func heads(
    for transitions: [Transition], in transaction: inout Transaction
  ) throws(DatabaseError) -> [OrderID: HistoryHead] {
    var heads: [OrderID: HistoryHead] = [:]
    for transition in transitions where transition.isBeginning {
      heads[transition.orderID] = HistoryHead(
        orderID: transition.orderID, count: 0, hash: originHash)
    }
    let others = Set(transitions.map(\.orderID)).subtracting(heads.keys).sorted()
    return heads.merging(try lock(others, in: &transaction)) { new, _ in new }
  }

  private static func lock(
    _ ids: [OrderID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [OrderID: HistoryHead] {
    guard !ids.isEmpty else { return [:] }
    let rows = try transaction.all(
      """
      SELECT id, history_count, history_hash FROM coin_orders
      WHERE id IN \(list: ids) ORDER BY id FOR UPDATE
      """, as: (OrderID, Int64, [UInt8]?).self)
    var heads: [OrderID: HistoryHead] = [:]
    for (id, count, hash) in rows {
      heads[id] = HistoryHead(orderID: id, count: count, hash: hash ?? originHash)
    }
    return heads
  }

  static func write(
    _ heads: [HistoryHead], _ key: SealKey?, in transaction: inout Transaction
  ) throws(DatabaseError) {
    try transaction.executeBulk(
      """
      UPDATE coin_orders SET history_count = ?, history_hash = ?, history_seal = ? WHERE id = ?
      """,
      rows: heads.map { head in
        [head.count, head.hash, key.map { head.seal(by: $0) }, head.orderID]
      })
  }

  /// Over how long the history is, so that its end cannot be cut off. `SealedRows.histories` reads the
  /// same in SQL; both change together or not at all.
  private func seal(by key: SealKey) -> [UInt8] {
    key.code(.histories, [String(orderID.value), String(count), Hex.encode(hash)])
  }

  /// Appends a transition to the chain in memory and gives the row to insert.
  mutating func append(
    _ transition: Transition, at moment: Timestamp, by key: SealKey?
  ) -> [any Bindable] {
    let previous = hash
    count += 1
    hash = HistoryHead.hash(of: transition, sequence: count, after: previous, at: moment, by: key)
    return [
      orderID, transition.paymentID, transition.from, transition.to, transition.actor,
      transition.cause, transition.eventID, moment, count, previous, hash,
    ]
  }

  /// A code over all that the transition says and the hash before it. `SealedRows.transitions` reads
  /// the same from the table in SQL; both change together or not at all.
  static func hash(
    of transition: Transition, sequence: Int64, after previous: [UInt8], at moment: Timestamp,
    by key: SealKey?
  ) -> [UInt8] {
    let fields: [String] = [
      Hex.encode(previous), String(transition.orderID.value), String(sequence),
      String(transition.paymentID?.value ?? 0), transition.from ?? "", transition.to,
      transition.actor, transition.cause, String(transition.eventID?.value ?? 0),
      String(moment.microseconds),
    ]
    return key?.code(.transitions, fields)
      ?? SHA256.digest(Array(fields.joined(separator: "|").utf8))
  }
}
