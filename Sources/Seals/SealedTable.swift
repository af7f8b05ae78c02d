import Database

/// What is sealed. The names are part of the codes and never change.
public enum SealedTable: String, CaseIterable, Sendable {
  case entries
  case wallets
  case transitions
  case histories
  case orders
  case payments
  case events
  case refunds
  case actions
  case auditHead = "audit_head"
  case anchors

  /// The table whose rows are numbered; nil where what is sealed is about other rows.
  private var numbered: SQL? {
    switch self {
    case .entries: "ledger_entries"
    case .transitions: "order_transitions"
    case .orders: "coin_orders"
    case .payments: "payments"
    case .events: "payment_events"
    case .refunds: "refunds"
    case .actions: "operator_actions"
    case .wallets, .histories, .auditHead, .anchors: nil
    }
  }

  /// The number of the newest row of each table.
  static func newestRows(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [SealedTable: Int64] {
    var newest: [SealedTable: Int64] = [:]
    for table in allCases {
      guard let rows = table.numbered else { continue }
      newest[table] = try executor.first(
        "SELECT COALESCE(MAX(id), 0) FROM \(rows)", as: Int64.self)
    }
    return newest
  }
}
