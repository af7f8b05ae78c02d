import Database
import Seals

extension Invariant {
  /// That what a second person agreed to is what was asked for, and that what one person did alone is
  /// counted.
  static let deeds: [Invariant] = [
    Invariant(
      name: "request_has_actions",
      sentence:
        "What an operator asked a second person for, who decided and what was done then are in the "
        + "audit log.",
      violations: """
        SELECT CONCAT('request ', r.id, ' is ', r.status) AS what
        FROM operator_requests r LEFT JOIN operator_actions a
          ON a.id = r.action_id AND a.action = 'REQUEST_DEED' AND a.actor = r.requested_by
          AND a.reason = r.reason AND a.created_at = r.created_at
          AND a.subject = COALESCE(r.order_no, CONCAT('user:', r.user_id)) AND \(isInWords)
        WHERE a.id IS NULL
          OR EXISTS (
            SELECT 1 FROM coin_orders o WHERE o.order_no = r.order_no AND o.user_id <> r.user_id)
          OR NOT CASE r.status
            WHEN 'OPEN' THEN r.decided_by IS NULL AND r.decided_at IS NULL
            WHEN 'EXPIRED' THEN r.decided_by IS NULL
              AND COALESCE(r.decided_at >= r.expires_at, FALSE)
            ELSE EXISTS (
              SELECT 1 FROM operator_actions d WHERE d.actor = r.decided_by
                AND d.action = IF(r.status = 'APPROVED', 'APPROVE_DEED', 'REJECT_DEED')
                AND d.subject = a.subject AND d.created_at = r.decided_at
                AND d.details = CONCAT(a.details, ', asked for by ', r.requested_by)) END
          OR (r.status = 'APPROVED' AND NOT EXISTS (
            SELECT 1 FROM operator_actions x WHERE x.actor = r.requested_by
              AND x.action = CASE r.deed WHEN 'GRANT' THEN 'GRANT_COINS'
                WHEN 'DEDUCT' THEN 'DEDUCT_COINS' ELSE 'REFUND' END
              AND x.subject = a.subject AND x.created_at = r.decided_at
              AND x.request_key <=> r.request_key))
          OR r.expires_at > r.created_at + INTERVAL 3 DAY
        """),
    Invariant(
      name: "action_has_request",
      sentence: "An action about what needs a second person has its request.",
      walks: .actions,
      violations: """
        SELECT CONCAT('action ', a.id, ' ', a.action) AS what
        FROM operator_actions a
        WHERE a.action IN ('REQUEST_DEED', 'APPROVE_DEED', 'REJECT_DEED') AND NOT EXISTS (
          SELECT 1 FROM operator_requests r WHERE IF(a.action = 'REQUEST_DEED', r.action_id = a.id,
            r.decided_by = a.actor AND r.decided_at = a.created_at
              AND r.status = IF(a.action = 'APPROVE_DEED', 'APPROVED', 'REJECTED')))
        """),
    Invariant(
      name: "deeds_counted",
      sentence: "Coins that operators gave or took alone are counted among what they did on a day.",
      violations: """
        SELECT CONCAT('all: counted ', COALESCE(c.coins, 0), ', done ', d.coins) AS what
        FROM (SELECT SUM(coins) AS coins FROM (\(alone)) x) d
        JOIN (SELECT SUM(coins) AS coins FROM operator_days) c
        WHERE COALESCE(c.coins, 0) < d.coins
        UNION ALL
        SELECT CONCAT(d.actor, ': counted ', COALESCE(c.coins, 0), ', done ', d.coins)
        FROM (SELECT actor, SUM(coins) AS coins FROM (\(alone)) x GROUP BY actor) d
        LEFT JOIN (SELECT person, SUM(coins) AS coins FROM operator_days GROUP BY person) c
          ON c.person = d.actor
        WHERE d.actor LIKE 'operator:%' AND COALESCE(c.coins, 0) < d.coins
        """),
    Invariant(
      name: "refund_key",
      sentence: "A refund has the key that it was asked for with.",
      walks: .refunds,
      violations: """
        SELECT CONCAT('refund ', r.out_request_no) AS what
        FROM refunds r JOIN payments p ON p.id = r.payment_id
        JOIN coin_orders o ON o.id = p.order_id LEFT JOIN operator_actions a
          ON a.subject = o.order_no AND a.action = 'REFUND' AND a.actor = r.actor
          AND LOCATE(CONCAT(' as ', r.out_request_no, ','), a.details) > 0
        WHERE NOT (r.request_key <=> a.request_key)
          AND (a.request_key IS NOT NULL OR r.created_at > \(begin))
        """),
  ]

  /// When the last worker of an older version had ended: hosts are upgraded one after the other, and a
  /// new shop has none.
  private static let begin: SQL = """
    (SELECT m.applied_at + INTERVAL IF(f.applied_at > m.applied_at - INTERVAL 1 HOUR, 0, 1) DAY
      FROM schema_migrations m JOIN schema_migrations f ON f.name = 'initial'
      WHERE m.name = 'foreign_and_changed')
    """

  /// Whether the words of an action `a` say what a request `r` is about.
  private static let isInWords: SQL = """
    CASE r.deed WHEN 'GRANT' THEN a.details = CONCAT('grant ', r.coins, ' coins')
      WHEN 'DEDUCT' THEN a.details = CONCAT('deduct ', r.coins, ' coins')
      ELSE a.details LIKE CONCAT('refund %, ', r.coin_rule, ', ', r.coins, ' coins stay')
        AND REPLACE(SUBSTRING_INDEX(SUBSTRING(a.details, 8), ' ', 1), '.', '') = r.amount
        AND SUBSTRING_INDEX(SUBSTRING_INDEX(SUBSTRING(a.details, 8), ',', 1), ' ', -1)
          = r.currency END
    """

  /// What operators gave or took without a second person, by action.
  private static let alone: SQL = """
    SELECT a.actor, CAST(SUBSTRING_INDEX(a.details, ' ', 1) AS SIGNED) AS coins
    FROM operator_actions a
    WHERE a.action IN ('GRANT_COINS', 'DEDUCT_COINS') AND a.created_at > \(begin)
      AND NOT EXISTS (
        SELECT 1 FROM operator_requests r WHERE r.status = 'APPROVED'
          AND r.requested_by = a.actor AND r.decided_at = a.created_at)
    """
}
