import Database
import Seals

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
  ]
}
