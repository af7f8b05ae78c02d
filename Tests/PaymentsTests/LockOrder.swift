/// The one order in which transactions lock rows. Locks.md says why, and who takes what.
enum LockOrder {
  /// A transaction goes down this list and never up. `users` stands here twice: whoever acts and whoever
  /// is acted upon come first, the owners of orders only when the orders are known.
  static let tables = [
    "site_controls", "users", "sessions", "enrolment_codes", "recovery_codes", "second_factors",
    "operator_requests",
    "confirmations", "payment_events", "coin_orders", "payments", "users", "refunds", "disputes",
    "wallets", "suspense_entries", "operator_days", "operator_actions", "audit_head",
  ]

  /// Tables whose rows are locked one by one in ascending order of this column. All rows below an order
  /// are locked with it.
  static let ascending = [
    "users": "id", "operator_requests": "id", "confirmations": "id", "coin_orders": "id",
    "wallets": "user_id",
  ]

  /// The first place of a table that is not above `place`.
  static func place(of table: String, from place: Int) -> Int? {
    tables[place...].firstIndex(of: table)
  }
}

/// What one transaction has locked so far.
struct HeldLocks {
  private var place = 0
  private var tables: Set<String> = []
  /// Of tables whose rows are known by number.
  private var rows: [String: Set<Int64>] = [:]
  /// For whoever reads of a fault.
  private(set) var path: [String] = []

  /// - Returns: what is wrong; nil when the order is kept.
  mutating func take(_ lock: LockingStatement, _ values: [Int64]) -> String? {
    var fault: String?
    for table in lock.tables {
      guard let new = news(of: table, lock, values) else { continue }
      path.append(new.isEmpty ? table : "\(table) \(new)")
      let highest = rows[table]?.max()
      tables.insert(table)
      rows[table, default: []].formUnion(new)
      if let place = LockOrder.place(of: table, from: place) {
        self.place = place
      } else if !lock.skips {
        fault = fault ?? "\(table) is locked too late"
      }
      if let highest, let lowest = new.first, lowest < highest, !lock.skips {
        fault = fault ?? "\(table) \(lowest) is locked after \(highest)"
      }
    }
    return fault
  }

  /// The numbers of the rows of a table that were not locked before, as far as they are known; nil when
  /// nothing is new.
  private func news(
    of table: String, _ lock: LockingStatement, _ values: [Int64]
  ) -> [Int64]? {
    guard tables.contains(table) else { return lock.key(of: table) ? values : [] }
    // Locked by something else than their number before: which rows these are is not known.
    guard lock.key(of: table), let held = rows[table], !held.isEmpty else { return nil }
    let new = values.filter { !held.contains($0) }
    return new.isEmpty ? nil : new
  }
}
