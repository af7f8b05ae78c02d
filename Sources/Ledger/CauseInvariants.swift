import Database
import Seals

extension Invariant {
  /// That no coins moved without their cause, and that no cause is without its coins.
  static let causes: [Invariant] = [
    Invariant(
      name: "entry_accounts",
      sentence:
        "Each kind of entry moves coins between the accounts and in the direction of its kind.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', id, ' ', kind, ': ', debit_account, ' to ', credit_account) AS what
        FROM ledger_entries
        WHERE NOT COALESCE(CASE
          WHEN kind IN ('PURCHASE', 'REFUND_RETURN')
            THEN debit_account = 'sales' AND credit_account = CONCAT('wallet:', wallet_id)
          WHEN kind IN ('BONUS', 'BONUS_RETURN')
            THEN debit_account = 'bonus' AND credit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'DISPUTE_RELEASE'
            THEN debit_account = 'disputes' AND credit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'GRANT'
            THEN debit_account = 'operators' AND credit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'REFUND'
            THEN credit_account = 'sales' AND debit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'REFUND_BONUS'
            THEN credit_account = 'bonus' AND debit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'DISPUTE_HOLD'
            THEN credit_account = 'disputes' AND debit_account = CONCAT('wallet:', wallet_id)
          WHEN kind = 'DEDUCTION'
            THEN credit_account = 'operators' AND debit_account = CONCAT('wallet:', wallet_id)
          END, FALSE)
        """),
    Invariant(
      name: "entry_has_wallet",
      sentence: "Each entry is in the wallet of a user.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id) AS what FROM ledger_entries e
        LEFT JOIN wallets w ON w.id = e.wallet_id LEFT JOIN users u ON u.id = w.user_id
        WHERE u.id IS NULL
        """),
    Invariant(
      name: "entry_of_order",
      sentence: "An entry with an order is in the wallet of the order's user, whatever its kind.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e LEFT JOIN wallets w ON w.id = e.wallet_id
        LEFT JOIN coin_orders o ON o.id = e.order_id AND o.user_id = w.user_id
        WHERE (e.order_id IS NULL) <> (e.kind IN ('GRANT', 'DEDUCTION'))
          OR (e.order_id IS NOT NULL AND o.id IS NULL)
        """),
    Invariant(
      name: "entry_of_event",
      sentence: "An entry with an event is about the order that the event is about.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e LEFT JOIN payment_events v ON v.id = e.event_id
        LEFT JOIN payments p ON p.id = v.payment_id
        WHERE e.event_id IS NOT NULL
          AND (v.state <> 'SETTLED' OR NOT (p.order_id <=> e.order_id))
        """),
    Invariant(
      name: "entry_has_paid_order",
      sentence: "A PURCHASE or BONUS entry has the coins of an order that was paid, "
        + "and the event that paid it.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e LEFT JOIN coin_orders o
          ON o.id = e.order_id AND o.order_no = e.reference AND o.paid_at IS NOT NULL
            AND e.coins = IF(e.kind = 'PURCHASE', o.coins, o.bonus_coins)
        LEFT JOIN payment_events v ON v.id = e.event_id AND v.outcome = 'CREDITED'
        WHERE e.kind IN ('PURCHASE', 'BONUS') AND (o.id IS NULL OR v.id IS NULL)
        """),
    Invariant(
      name: "refund_entry_has_refund",
      sentence: "An entry of a refund has a refund of its order; coins come back by news of money "
        + "given back only.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e
        LEFT JOIN payment_events v ON v.id = e.event_id AND v.kind IN ('REFUND', 'DISPUTE')
        WHERE e.kind IN ('REFUND', 'REFUND_BONUS', 'REFUND_RETURN', 'BONUS_RETURN')
          AND (NOT EXISTS (
              SELECT 1 FROM payments p JOIN refunds r ON r.payment_id = p.id
              WHERE p.order_id = e.order_id AND SUBSTRING_INDEX(e.reference, '#', 1)
                = COALESCE(r.ledger_reference, r.out_request_no))
            OR (e.kind IN ('REFUND_RETURN', 'BONUS_RETURN') AND v.id IS NULL))
        """),
    Invariant(
      name: "dispute_entry_has_dispute",
      sentence:
        "An entry of a dispute has an event about money taken back, and a dispute of its order.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e
        LEFT JOIN payment_events v ON v.id = e.event_id AND v.kind IN ('DISPUTE', 'REFUND')
        WHERE e.kind IN ('DISPUTE_HOLD', 'DISPUTE_RELEASE') AND (v.id IS NULL OR NOT EXISTS (
          SELECT 1 FROM disputes d JOIN payments p ON p.id = d.payment_id
          WHERE p.order_id = e.order_id))
        """),
    Invariant(
      name: "adjustment_has_action",
      sentence: "Coins that an operator gave or took have the operator's action, on that user and "
        + "of those coins.",
      walks: .entries,
      violations: """
        SELECT CONCAT('entry ', e.id, ' ', e.kind, ' ', e.reference) AS what
        FROM ledger_entries e LEFT JOIN wallets w ON w.id = e.wallet_id
        LEFT JOIN operator_actions a
          ON a.id = CAST(SUBSTRING(e.reference, 2) AS UNSIGNED) AND e.reference = CONCAT('A', a.id)
          AND a.action = IF(e.kind = 'GRANT', 'GRANT_COINS', 'DEDUCT_COINS')
          AND a.subject = CONCAT('user:', w.user_id) AND a.created_at = e.created_at
          AND SUBSTRING_INDEX(a.details, ' ', 1) = e.coins
        WHERE e.kind IN ('GRANT', 'DEDUCTION') AND a.id IS NULL
        """),
    Invariant(
      name: "action_has_adjustment",
      sentence: "An action by which an operator gave or took coins has its entry.",
      walks: .actions,
      violations: """
        SELECT CONCAT('action ', a.id, ' ', a.action) AS what
        FROM operator_actions a LEFT JOIN ledger_entries e
          ON e.kind = IF(a.action = 'GRANT_COINS', 'GRANT', 'DEDUCTION')
          AND e.reference = CONCAT('A', a.id)
        WHERE a.action IN ('GRANT_COINS', 'DEDUCT_COINS') AND e.id IS NULL
        """),
    Invariant(
      name: "allowance_decided",
      sentence: "Whether a balance may go below zero is what an operator decided last.",
      violations: """
        SELECT CONCAT('wallet ', w.id) AS what
        FROM wallets w LEFT JOIN (
          SELECT subject, action, ROW_NUMBER() OVER (PARTITION BY subject ORDER BY id DESC) AS place
          FROM operator_actions WHERE action IN ('ALLOW_NEGATIVE', 'FORBID_NEGATIVE')) a
          ON a.place = 1 AND a.subject = CONCAT('user:', w.user_id)
        WHERE w.may_go_negative <> COALESCE(a.action = 'ALLOW_NEGATIVE', FALSE)
        """),
  ]
}
