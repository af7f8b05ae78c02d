import Database
import Seals

extension SealedRows {
  /// Microseconds since 1970 of a column.
  private static func microseconds(_ column: SQL) -> SQL {
    "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', \(column))"
  }

  static let entries = SealedRows(
    .entries, name: "CONCAT('entry ', t.id, ' of wallet ', t.wallet_id)",
    columns: [
      "LOWER(HEX(t.previous_hash))", "t.wallet_id", "t.sequence", "t.kind", "t.reference",
      "t.debit_account", "t.credit_account", "t.coins", "t.balance_after",
      "COALESCE(t.order_id, 0)", "COALESCE(t.event_id, 0)", microseconds("t.created_at"),
    ],
    code: "t.hash",
    isUnsealed: """
      t.hash = UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(t.previous_hash)), t.wallet_id, t.sequence,
        t.kind, t.reference, t.debit_account, t.credit_account, t.coins, t.balance_after,
        COALESCE(t.order_id, 0), COALESCE(t.event_id, 0),
        TIMESTAMPDIFF(MICROSECOND, '1970-01-01', t.created_at)), 256))
      """,
    from: "ledger_entries t")

  /// A wallet is as old as its last entry.
  static let wallets = SealedRows(
    .wallets, name: "CONCAT('wallet ', t.id)",
    columns: ["t.id", "t.user_id", "t.balance", "t.entry_count", "LOWER(HEX(t.head_hash))"],
    code: "t.seal", isUnsealed: "TRUE",
    age: """
      (SELECT e.id FROM ledger_entries e WHERE e.wallet_id = t.id AND e.sequence = t.entry_count)
      """,
    ageTable: .entries, from: "wallets t")

  static let transitions = SealedRows(
    .transitions, name: "CONCAT('transition ', t.id, ' of order ', t.order_id)",
    columns: [
      "LOWER(HEX(t.previous_hash))", "t.order_id", "t.sequence", "COALESCE(t.payment_id, 0)",
      "COALESCE(t.from_status, '')", "t.to_status", "t.actor", "t.cause",
      "COALESCE(t.event_id, 0)", microseconds("t.created_at"),
    ],
    code: "t.hash",
    isUnsealed: """
      t.sequence IS NULL OR t.hash = UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(t.previous_hash)),
        t.order_id, t.sequence, COALESCE(t.payment_id, 0), COALESCE(t.from_status, ''),
        t.to_status, t.actor, t.cause, COALESCE(t.event_id, 0),
        TIMESTAMPDIFF(MICROSECOND, '1970-01-01', t.created_at)), 256))
      """,
    from: "order_transitions t")

  static let histories = SealedRows(
    .histories, name: "t.order_no",
    columns: ["t.id", "t.history_count", "LOWER(HEX(t.history_hash))"],
    code: "t.history_seal", isUnsealed: "TRUE",
    age: """
      (SELECT x.id FROM order_transitions x
        WHERE x.order_id = t.id AND x.sequence = t.history_count)
      """,
    ageTable: .transitions, from: "coin_orders t")

  static let orders = SealedRows(
    .orders, name: "t.order_no",
    columns: [
      "t.order_no", "t.user_id", "t.package_id", "t.coins", "t.bonus_coins",
      """
      (SELECT GROUP_CONCAT(x.currency, '=', x.amount ORDER BY x.currency)
        FROM coin_order_prices x WHERE x.order_id = t.id)
      """,
    ],
    code: "t.terms_seal", isUnsealed: "t.terms_seal IS NULL", from: "coin_orders t")

  static let payments = SealedRows(
    .payments, name: "CONCAT('payment ', t.id, ' ', t.out_trade_no)",
    columns: [
      "t.order_id", "t.attempt", "t.provider", "t.merchant_account", "t.live_mode",
      "t.out_trade_no", "t.amount", "t.currency",
    ],
    code: "t.seal", isUnsealed: "t.seal IS NULL", from: "payments t")

  static let events = SealedRows(
    .events, name: "CONCAT('event ', t.id)",
    columns: [
      "t.provider", "t.event_key", "t.source", "t.kind", "t.out_trade_no", "t.provider_txn_id",
      "t.merchant_account", "t.live_mode", "t.amount", "t.currency", "t.news_status", "t.news_no",
      "t.news_id", "t.amount_is_total",
    ],
    code: "t.seal", isUnsealed: "t.seal IS NULL", from: "payment_events t")

  static let refunds = SealedRows(
    .refunds, name: "CONCAT('refund ', t.out_request_no)",
    columns: [
      "t.out_request_no", "t.payment_id", "t.amount", "t.currency", "t.reason", "t.actor",
    ],
    code: "t.seal", isUnsealed: "t.seal IS NULL", from: "refunds t")

  static let actions = SealedRows(
    .actions, name: "CONCAT('action ', t.id)",
    columns: [
      "LOWER(HEX(t.previous_hash))", "t.actor", "t.action", "t.subject", "t.reason", "t.details",
      "COALESCE(t.request_key, '')", microseconds("t.created_at"),
    ],
    code: "t.hash",
    isUnsealed: """
      t.hash = UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(t.previous_hash)), t.actor, t.action,
        t.subject, t.reason, t.details, COALESCE(t.request_key, ''),
        TIMESTAMPDIFF(MICROSECOND, '1970-01-01', t.created_at)), 256))
      """,
    // The purge runs by an account that has no keys.
    age: "IF(t.action = 'PURGE_ORDERS', 0, t.id)", from: "operator_actions t")

  /// The last action: none behind it but what the purge and older versions did.
  static let auditHead = SealedRows(
    .auditHead, name: "CONCAT('action ', t.id, ' is not the last')",
    columns: [
      "IF(t.id = h.action_id, t.id, NULL)", "LOWER(HEX(t.hash))",
    ],
    code: "h.seal", isUnsealed: "h.action_id IS NULL OR h.action_id < t.id",
    age: "IF(t.action = 'PURGE_ORDERS', 0, t.id)", ageTable: .actions,
    from: """
      (SELECT a.* FROM operator_actions a
        WHERE a.id >= COALESCE((SELECT action_id FROM audit_head), 0)) t
      LEFT JOIN audit_head h ON TRUE
      """)
}

extension Invariant {
  /// That every row is as this shop wrote it.
  static let seals: [Invariant] = [
    Invariant(
      name: "seal_key", sentence: "The key of the seals is there and can be read.", proof: .key),
    Invariant(
      name: "old_rows",
      sentence: "Entries and actions from before the upgrade to seals are as they were then.",
      proof: .oldRows),
    Invariant(
      name: "wallet_seal", sentence: "A wallet is as its last entry left it.",
      proof: .seals(.wallets)),
    Invariant(
      name: "history_seal", sentence: "An order's history is as long as it was written.",
      proof: .seals(.histories)),
    Invariant(
      name: "order_seal", sentence: "An order's user, coins and prices are as they were ordered.",
      proof: .seals(.orders)),
    Invariant(
      name: "payment_seal", sentence: "A payment's order, number and amount are as it was begun.",
      proof: .seals(.payments)),
    Invariant(
      name: "event_seal", sentence: "An event says what it said when it arrived.",
      walks: .events, proof: .seals(.events)),
    Invariant(
      name: "refund_seal", sentence: "A refund's payment and amount are as it was asked for.",
      walks: .refunds, proof: .seals(.refunds)),
  ]
}
