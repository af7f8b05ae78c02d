import Database
import Seals
import Vocabulary

extension Invariant {
  /// That nobody changed what operators did.
  public static let audit: [Invariant] = [
    Invariant(
      name: "actions_chained",
      sentence: "Each operator's action names the hash of the one before it.",
      violations: """
        SELECT CONCAT('action ', id) AS what FROM (
          SELECT id, previous_hash,
            COALESCE(LAG(hash) OVER (ORDER BY id), UNHEX(REPEAT('00', 32))) AS expected
          FROM operator_actions) c
        WHERE previous_hash <> expected
        """),
    Invariant(
      name: "action_hash",
      sentence: "The hash of an operator's action covers what it says.",
      walks: .actions, proof: .seals(.actions)),
    Invariant(
      name: "actions_end",
      sentence: "The audit log ends with the action that was its last.",
      proof: .seals(.auditHead)),
    Invariant(
      name: "actions_end_is_there",
      sentence: "The action that was the last of the audit log is there.",
      violations: """
        SELECT CONCAT('action ', h.action_id) AS what
        FROM audit_head h LEFT JOIN operator_actions a ON a.id = h.action_id WHERE a.id IS NULL
        """),
    Invariant(
      name: "confirmation_approved",
      sentence: "What an operator reported was asked of a provider or is an approved confirmation.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id) AS what
        FROM payment_events e LEFT JOIN confirmations c
          ON e.event_key = CONCAT('confirmation:', c.id) AND c.payment_id = e.payment_id
          AND c.status = 'APPROVED'
        WHERE e.source = 'OPERATOR' AND e.state = 'SETTLED' AND c.id IS NULL
          AND NOT EXISTS (SELECT 1 FROM operator_actions a
            WHERE a.id = SUBSTRING_INDEX(SUBSTRING_INDEX(e.event_key, ':', 2), ':', -1)
              AND (a.action = 'RESETTLE_ORDER' AND e.event_key LIKE 'operator:%:%'
                OR a.action = 'GIVE_UP_REFUND' AND e.event_key LIKE 'given_up:%:%'
                  AND e.kind = 'REFUND' AND e.news_status = 'FAILED'))
        """),
    Invariant(
      name: "package_as_recorded",
      sentence: "A package has the coins and prices that the audit log said last of it.",
      violations: """
        SELECT CONCAT('package ', k.id, ', not ', a.details) AS what
        FROM coin_packages k JOIN operator_actions a ON a.id = (
          SELECT MAX(x.id) FROM operator_actions x
          WHERE x.action IN ('CREATE_PACKAGE', 'EDIT_PACKAGE') AND x.subject = k.id)
        JOIN schema_migrations m ON m.name = 'staff_passwords' AND a.created_at > m.applied_at
        WHERE CHAR_LENGTH(a.details) < \(detailsCharactersMax) AND (
          a.details NOT LIKE CONCAT(k.coins, '+', k.bonus_coins, ' coins for %')
          OR (SELECT COUNT(*) FROM coin_package_prices p WHERE p.package_id = k.id)
            <> CHAR_LENGTH(a.details) - CHAR_LENGTH(REPLACE(a.details, ',', '')) + 1
          OR EXISTS (SELECT 1 FROM coin_package_prices p WHERE p.package_id = k.id
            AND LOCATE(CONCAT(' ', \(decimal), ' ', p.currency), a.details) = 0))
        """),
  ]

  /// Longer details of an action are cut, and prove nothing.
  private static let detailsCharactersMax: Int64 = 255

  /// The amount of a price `p` as people read it.
  private static let decimal: SQL = """
    CASE WHEN p.currency IN \(list: Currency.unusualCodes.zeroDecimal) THEN p.amount
      WHEN p.currency IN \(list: Currency.unusualCodes.threeDecimal)
        THEN CONCAT(p.amount DIV 1000, '.', LPAD(p.amount MOD 1000, 3, '0'))
      ELSE CONCAT(p.amount DIV 100, '.', LPAD(p.amount MOD 100, 2, '0')) END
    """
}
