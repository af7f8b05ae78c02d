import Database
import Seals

extension Invariant {
  static let orders: [Invariant] = [
    Invariant(
      name: "order_credited_once",
      sentence: "A credited order has one PURCHASE entry of its coins, in its user's wallet.",
      violations: """
        SELECT CONCAT(o.order_no, ' is ', o.status, ', PURCHASE entries: ', COUNT(e.id)) AS what
        FROM coin_orders o JOIN wallets w ON w.user_id = o.user_id
        LEFT JOIN ledger_entries e ON e.kind = 'PURCHASE' AND e.reference = o.order_no
          AND e.order_id = o.id AND e.wallet_id = w.id AND e.coins = o.coins
        WHERE o.paid_at IS NOT NULL GROUP BY o.id, o.order_no, o.status HAVING COUNT(e.id) <> 1
        """),
    Invariant(
      name: "order_bonus_once",
      sentence: "A credited order with bonus coins has one BONUS entry of them.",
      violations: """
        SELECT CONCAT(o.order_no, ' bonus ', o.bonus_coins, ', BONUS entries: ', COUNT(e.id))
          AS what
        FROM coin_orders o JOIN wallets w ON w.user_id = o.user_id
        LEFT JOIN ledger_entries e ON e.kind = 'BONUS' AND e.reference = o.order_no
          AND e.order_id = o.id AND e.wallet_id = w.id AND e.coins = o.bonus_coins
        WHERE o.paid_at IS NOT NULL GROUP BY o.id, o.order_no, o.bonus_coins
        HAVING COUNT(e.id) <> (o.bonus_coins > 0)
        """),
    Invariant(
      name: "order_paid_by_one",
      sentence: "A paid order has one SUCCEEDED payment of its amount; an unpaid one has none.",
      violations: """
        SELECT CONCAT(o.order_no, ' is ', o.status, ', SUCCEEDED payments: ', COUNT(p.id),
          ', of its amount: ', COALESCE(SUM(p.amount = o.amount AND p.currency = o.currency
            AND p.provider = o.payment_method), 0)) AS what
        FROM coin_orders o LEFT JOIN payments p ON p.order_id = o.id AND p.status = 'SUCCEEDED'
        GROUP BY o.id, o.order_no, o.status, o.paid_at
        HAVING COUNT(p.id) <> (o.paid_at IS NOT NULL)
          OR COALESCE(SUM(p.amount = o.amount AND p.currency = o.currency
            AND p.provider = o.payment_method), 0) <> (o.paid_at IS NOT NULL)
        """),
    Invariant(
      name: "paid_when_recorded",
      sentence: "A payment and its order were paid when their histories say so.",
      violations: """
        SELECT CONCAT('payment ', p.id, ' ', p.out_trade_no) AS what
        FROM payments p LEFT JOIN order_transitions t ON t.order_id = p.order_id
          AND t.payment_id = p.id AND t.to_status = p.status
          AND p.status IN ('SUCCEEDED', 'DUPLICATE')
        WHERE p.seal IS NOT NULL AND NOT (p.succeeded_at <=> t.created_at)
        UNION ALL
        SELECT o.order_no FROM coin_orders o
        WHERE o.terms_seal IS NOT NULL AND NOT (o.paid_at <=> (
          SELECT MIN(t.created_at) FROM order_transitions t
          WHERE t.order_id = o.id AND t.payment_id IS NULL AND t.to_status = 'PAID'))
        """),
  ]

  static let transitions: [Invariant] = [
    Invariant(
      name: "order_history_complete",
      sentence: "An order's state is the end of its recorded transitions.",
      violations: """
        SELECT CONCAT(o.order_no, ' is ', o.status, ', history ends ',
          COALESCE(t.to_status, 'nowhere')) AS what
        FROM coin_orders o LEFT JOIN (
          SELECT order_id, to_status,
            ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY id DESC) AS place
          FROM order_transitions WHERE payment_id IS NULL) t
          ON t.order_id = o.id AND t.place = 1
        WHERE NOT (o.status <=> t.to_status)
        """),
    Invariant(
      name: "payment_history_complete",
      sentence: "A payment's state is the end of its recorded transitions.",
      violations: """
        SELECT CONCAT('payment ', p.id, ' is ', p.status, ', history ends ',
          COALESCE(t.to_status, 'nowhere')) AS what
        FROM payments p LEFT JOIN (
          SELECT payment_id, to_status,
            ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY id DESC) AS place
          FROM order_transitions WHERE payment_id IS NOT NULL) t
          ON t.payment_id = p.id AND t.place = 1
        WHERE NOT (p.status <=> t.to_status)
        """),
    Invariant(
      name: "payment_cause",
      sentence: "Why a payment is in its state is what its last recorded transition says.",
      violations: """
        SELECT CONCAT('payment ', p.id, ' is ', p.status, ': ', COALESCE(p.cause, '')) AS what
        FROM payments p LEFT JOIN (
          SELECT payment_id, cause,
            ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY id DESC) AS place
          FROM order_transitions WHERE payment_id IS NOT NULL) t
          ON t.payment_id = p.id AND t.place = 1
        WHERE p.seal IS NOT NULL AND NOT (p.cause
          <=> IF(p.status IN ('FAILED', 'CLOSED', 'SUSPICIOUS', 'DUPLICATE'), t.cause, NULL))
        """),
    Invariant(
      name: "history_unbroken",
      sentence: "Each transition starts where the one before it ended.",
      violations: """
        SELECT CONCAT('transition ', id, ' of order ', order_id) AS what FROM (
          SELECT id, order_id, from_status,
            LAG(to_status) OVER (PARTITION BY order_id, payment_id ORDER BY id) AS expected
          FROM order_transitions) t
        WHERE NOT (from_status <=> expected)
        """),
  ]

  static let refunds: [Invariant] = [
    Invariant(
      name: "refunds_within_payment",
      sentence: "What was given back of a payment is not more than what was paid.",
      violations: """
        SELECT CONCAT('payment ', p.id, ': paid ', p.amount, ', refunds ', SUM(r.amount)) AS what
        FROM payments p JOIN refunds r ON r.payment_id = p.id AND r.status <> 'FAILED'
        GROUP BY p.id, p.amount HAVING SUM(r.amount) > p.amount
        """),
    Invariant(
      name: "refund_coins_taken",
      sentence: "The coins of a refund left the wallet, and all came back exactly when it failed.",
      violations: """
        SELECT CONCAT('refund ', r.out_request_no, ' is ', r.status) AS what
        FROM refunds r JOIN payments p ON p.id = r.payment_id
        LEFT JOIN ledger_entries e ON e.order_id = p.order_id
          AND e.kind IN ('REFUND', 'REFUND_BONUS', 'REFUND_RETURN', 'BONUS_RETURN')
          AND SUBSTRING_INDEX(e.reference, '#', 1) = COALESCE(r.ledger_reference, r.out_request_no)
        GROUP BY r.id, r.out_request_no, r.status, r.coins_taken, r.bonus_taken
        HAVING COALESCE(SUM(CASE e.kind WHEN 'REFUND' THEN e.coins
            WHEN 'REFUND_RETURN' THEN -e.coins ELSE 0 END), 0)
            <> IF(r.status = 'FAILED', 0, r.coins_taken)
          OR COALESCE(SUM(CASE e.kind WHEN 'REFUND_BONUS' THEN e.coins
            WHEN 'BONUS_RETURN' THEN -e.coins ELSE 0 END), 0)
            <> IF(r.status = 'FAILED', 0, r.bonus_taken)
        """),
    moneyBackWithinOrder,
    Invariant(
      name: "money_back_rule",
      sentence: "Refunds and disputes took coins by a known rule, and none by the one that leaves "
        + "them.",
      violations: """
        SELECT CONCAT('refund ', out_request_no, ': ', coin_rule) AS what FROM refunds
        WHERE coin_rule NOT IN ('take-back', 'take-back-to-zero', 'leave')
          OR (coin_rule = 'leave' AND coins_taken + bonus_taken <> 0)
        UNION ALL
        SELECT CONCAT('dispute ', dispute_id, ': ', coin_rule) FROM disputes
        WHERE coin_rule NOT IN ('take-back', 'take-back-to-zero', 'leave')
          OR (coin_rule = 'leave' AND status IN ('OPENED', 'LOST') AND coins_frozen <> 0)
        """),
    Invariant(
      name: "dispute_coins_frozen",
      sentence: "Coins that disputes keep left the wallet, and came back when a dispute was won.",
      violations: """
        SELECT CONCAT(o.order_no, ': frozen ', COALESCE(d.frozen, 0), ', held ',
          COALESCE(e.held, 0)) AS what
        FROM coin_orders o LEFT JOIN (
          SELECT p.order_id, SUM(d.coins_frozen) AS frozen
          FROM disputes d JOIN payments p ON p.id = d.payment_id
          WHERE d.status IN ('OPENED', 'LOST') GROUP BY p.order_id) d ON d.order_id = o.id
        LEFT JOIN (
          SELECT order_id, SUM(IF(kind = 'DISPUTE_HOLD', coins, -coins)) AS held
          FROM ledger_entries WHERE kind IN ('DISPUTE_HOLD', 'DISPUTE_RELEASE')
          GROUP BY order_id) e ON e.order_id = o.id
        WHERE COALESCE(d.frozen, 0) <> COALESCE(e.held, 0)
        """),
    Invariant(
      name: "order_follows_refunds",
      sentence: "A paid order's state is what its refunds and disputes make of it.",
      violations: """
        SELECT CONCAT(o.order_no, ' is ', o.status) AS what
        FROM coin_orders o JOIN payments p ON p.order_id = o.id AND p.status = 'SUCCEEDED'
        LEFT JOIN (SELECT payment_id, SUM(status IN ('REQUESTED', 'PENDING')) AS open,
            SUM(IF(status = 'SUCCEEDED', amount, 0)) AS refunded
          FROM refunds GROUP BY payment_id) r ON r.payment_id = p.id
        LEFT JOIN (SELECT payment_id, SUM(status IN ('OPENED', 'LOST')) AS unfavourable
          FROM disputes GROUP BY payment_id) d ON d.payment_id = p.id
        WHERE o.status <> CASE
          WHEN COALESCE(d.unfavourable, 0) > 0 THEN 'DISPUTED'
          WHEN COALESCE(r.open, 0) > 0 THEN 'REFUNDING'
          WHEN COALESCE(r.refunded, 0) = 0 THEN 'PAID'
          WHEN r.refunded < p.amount THEN 'PARTIALLY_REFUNDED'
          ELSE 'REFUNDED' END
        """),
  ]

  /// What an older version took was not proportional, and it ran on for a day while hosts were upgraded.
  private static let moneyBackWithinOrder = Invariant(
    name: "money_back_within_order",
    sentence: """
      All coins that refunds and disputes took of an order are at most its share of the money that is \
      gone.
      """,
    violations: """
      SELECT CONCAT(c.order_no, ': took ', c.bought, ' and ', c.bonus, ' of ', c.coins, ' and ',
        c.bonus_coins, ' coins for ', c.gone, ' of ', c.paid) AS what
      FROM (
        SELECT o.order_no, o.coins, o.bonus_coins, p.amount AS paid,
          LEAST(p.amount, SUM(t.amount)) AS gone, SUM(t.bought) AS bought, SUM(t.bonus) AS bonus,
          MIN(t.is_new) AS is_new
        FROM (
          SELECT payment_id, amount, coins_taken AS bought, bonus_taken AS bonus,
            coin_rule IS NOT NULL OR created_at > (SELECT applied_at FROM schema_migrations
              WHERE name = 'claims') + INTERVAL 1 DAY AS is_new
          FROM refunds WHERE status <> 'FAILED'
          UNION ALL
          SELECT d.payment_id, IF(d.currency = p.currency, LEAST(GREATEST(d.amount, 0), p.amount),
              p.amount), d.coins_frozen - d.bonus_frozen, d.bonus_frozen,
            d.coin_rule IS NOT NULL OR d.created_at > (SELECT applied_at FROM schema_migrations
              WHERE name = 'claims') + INTERVAL 1 DAY
          FROM disputes d JOIN payments p ON p.id = d.payment_id
          WHERE d.status IN ('OPENED', 'LOST')) t
        JOIN payments p ON p.id = t.payment_id AND p.status = 'SUCCEEDED'
        JOIN coin_orders o ON o.id = p.order_id
        GROUP BY p.id, o.order_no, o.coins, o.bonus_coins, p.amount) c
      WHERE c.bought < 0 OR c.bonus < 0 OR (c.is_new AND (
          c.bought > (CAST(c.coins AS DECIMAL(38)) * c.gone + c.paid - 1) DIV c.paid
          OR c.bonus > (CAST(c.bonus_coins AS DECIMAL(38)) * c.gone + c.paid - 1) DIV c.paid))
      """)

  static let payments: [Invariant] = [
    Invariant(
      name: "payment_has_proof",
      sentence: "Money booked on a payment was reported by an event of its numbers and amount.",
      violations: """
        SELECT CONCAT('payment ', p.id, ' is ', p.status) AS what
        FROM payments p LEFT JOIN payment_events e ON e.payment_id = p.id
          AND e.kind = 'SUCCEEDED' AND e.state = 'SETTLED' AND e.amount = p.amount
          AND e.currency = p.currency AND e.merchant_account IN (p.merchant_account, '')
          AND (e.live_mode = p.live_mode OR (e.live_mode AND p.merchant_account <> ''
            AND p.merchant_account NOT LIKE 'acct\\_%'))
          AND e.outcome IN ('CREDITED', 'DUPLICATE')
          AND e.provider = p.provider
          AND (e.out_trade_no IS NULL OR e.out_trade_no = p.out_trade_no)
          AND (e.provider_txn_id IS NULL OR e.provider_txn_id = p.provider_txn_id)
        WHERE p.status IN ('SUCCEEDED', 'DUPLICATE')
        GROUP BY p.id, p.status HAVING COUNT(e.id) <> 1
        """),
    Invariant(
      name: "duplicate_is_refunded",
      sentence: "Money that arrived a second time has a refund of its whole amount.",
      violations: """
        SELECT CONCAT('payment ', p.id) AS what
        FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.amount = p.amount
          AND r.currency = p.currency
        WHERE p.status = 'DUPLICATE' GROUP BY p.id HAVING COUNT(r.id) = 0
        """),
  ]
}
