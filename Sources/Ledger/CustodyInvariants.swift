import Database
import Seals

extension Invariant {
  /// That money nobody was credited with is kept in sight, and that operators' words are theirs.
  static let custody: [Invariant] = [
    Invariant(
      name: "suspense_has_event",
      sentence: "Money in suspense was reported by an event of its amount and currency that no "
        + "order was credited with.",
      walks: .suspense,
      violations: """
        SELECT CONCAT('suspense ', s.id, ' ', s.reason) AS what
        FROM suspense_entries s LEFT JOIN payment_events e ON e.id = s.event_id
          AND e.kind IN ('SUCCEEDED', 'REFUNDED') AND e.state = 'SETTLED' AND e.amount = s.amount
          AND e.currency = s.currency
        WHERE e.id IS NULL OR e.outcome = 'IGNORED'
          OR (e.outcome = 'CREDITED' AND (s.reason <> 'refunded' OR s.resolved_at IS NULL))
          OR s.reason <> CASE e.outcome WHEN 'UNMATCHED' THEN 'unmatched'
          WHEN 'DUPLICATE' THEN 'paid_twice' WHEN 'CONFIRMING' THEN 'unconfirmed'
          WHEN 'SUSPICIOUS' THEN COALESCE((
            SELECT t.cause FROM order_transitions t WHERE t.event_id = e.id
              AND t.payment_id = e.payment_id AND t.to_status = 'SUSPICIOUS' LIMIT 1), s.reason)
          ELSE s.reason END
          OR (e.outcome = 'SUSPICIOUS' AND s.reason IN ('unmatched', 'paid_twice', 'unconfirmed'))
        """),
    Invariant(
      name: "money_in_suspense",
      sentence: "Money that no order was credited with is in suspense.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id, ' ', e.outcome) AS what
        FROM payment_events e JOIN schema_migrations m ON m.name = 'suspense'
        LEFT JOIN suspense_entries s ON s.event_id = e.id
        WHERE e.kind IN ('SUCCEEDED', 'REFUNDED') AND e.state = 'SETTLED' AND e.settled_at > m.applied_at
          AND e.outcome IN ('UNMATCHED', 'DUPLICATE', 'CONFIRMING', 'SUSPICIOUS')
          AND s.id IS NULL
        """),
    Invariant(
      name: "suspense_resolved",
      sentence: "Money left suspense by an operator's action, or because it was given back or "
        + "confirmed.",
      walks: .suspense,
      violations: """
        SELECT CONCAT('suspense ', s.id, ' by ', s.actor) AS what
        FROM suspense_entries s JOIN schema_migrations m ON m.name = 'seals'
        JOIN schema_migrations f ON f.name = 'initial'
        LEFT JOIN payment_events e ON e.id = s.event_id
        WHERE s.resolved_at IS NOT NULL AND NOT CASE
          WHEN s.actor <> 'system' THEN EXISTS (
            SELECT 1 FROM operator_actions a WHERE a.subject = s.id
              AND a.action = 'RESOLVE_SUSPENSE' AND a.actor = s.actor
              AND a.created_at = s.resolved_at AND a.reason = s.resolution)
          WHEN s.reason = 'paid_twice' THEN s.amount <= (
            SELECT COALESCE(SUM(r.amount), 0) FROM refunds r
            WHERE r.payment_id = e.payment_id AND r.status = 'SUCCEEDED') + (
            SELECT COALESCE(SUM(IF(d.currency = s.currency, d.amount, s.amount)), 0)
            FROM disputes d WHERE d.payment_id = e.payment_id AND d.status = 'LOST')
          ELSE EXISTS (
            SELECT 1 FROM payments p
            WHERE p.id = e.payment_id AND p.status IN ('SUCCEEDED', 'DUPLICATE')
              AND ((s.reason IN ('unconfirmed', 'refunded') AND s.resolved_at = p.succeeded_at)
                OR s.resolved_at <= m.applied_at
                  + INTERVAL IF(f.applied_at > m.applied_at - INTERVAL 1 HOUR, 0, 1) DAY)) END
        """),
    Invariant(
      name: "action_resolved_suspense",
      sentence: "An action by which an operator resolved money in suspense has its entry.",
      walks: .actions,
      violations: """
        SELECT CONCAT('action ', a.id, ' on suspense ', a.subject) AS what
        FROM operator_actions a LEFT JOIN suspense_entries s
          ON s.id = CAST(a.subject AS UNSIGNED) AND s.actor = a.actor
        WHERE a.action = 'RESOLVE_SUSPENSE' AND s.id IS NULL
        """),
    // The second form of the details is that of older versions, which left the number out.
    Invariant(
      name: "confirmation_has_actions",
      sentence: "An operator's word for a payment, and who decided about it, are in the audit log.",
      walks: .confirmations,
      violations: """
        SELECT CONCAT('confirmation ', c.id, ' is ', c.status) AS what
        FROM confirmations c LEFT JOIN payments p ON p.id = c.payment_id
        LEFT JOIN coin_orders o ON o.id = p.order_id
        WHERE NOT EXISTS (
            SELECT 1 FROM operator_actions a WHERE a.subject = o.order_no
              AND a.action = 'REQUEST_CONFIRM' AND a.actor = c.requested_by
              AND a.created_at = c.created_at AND a.reason = c.reason
              AND COALESCE(a.request_key = c.request_key, TRUE)
              AND (LOCATE(CONCAT(', ', p.out_trade_no, ' (',
                  COALESCE(c.provider_txn_id, 'no number'), '): '), a.details) > 0
                OR LOCATE(CONCAT(', ', p.out_trade_no, ': '), a.details) > 0))
          OR (c.status <> 'OPEN' AND (c.status = 'REJECTED' OR c.needs_second) AND NOT EXISTS (
            SELECT 1 FROM operator_actions a WHERE a.subject = o.order_no
              AND a.action = IF(c.status = 'APPROVED', 'APPROVE_CONFIRM', 'REJECT_CONFIRM')
              AND a.actor = c.decided_by AND a.created_at = c.decided_at))
          OR (c.status = 'APPROVED' AND NOT c.needs_second
            AND NOT (c.decided_by <=> c.requested_by AND c.decided_at <=> c.created_at))
        """),
    Invariant(
      name: "action_has_confirmation",
      sentence: "An action about an operator's word for a payment has that word.",
      walks: .actions,
      violations: """
        SELECT CONCAT('action ', a.id, ' ', a.action) AS what
        FROM operator_actions a
        WHERE a.action IN ('REQUEST_CONFIRM', 'APPROVE_CONFIRM', 'REJECT_CONFIRM') AND NOT EXISTS (
          SELECT 1 FROM coin_orders o JOIN payments p ON p.order_id = o.id
          JOIN confirmations c ON c.payment_id = p.id
          WHERE o.order_no = a.subject AND IF(a.action = 'REQUEST_CONFIRM',
            c.created_at = a.created_at AND c.requested_by = a.actor,
            c.decided_at = a.created_at AND c.decided_by = a.actor
              AND c.status = IF(a.action = 'APPROVE_CONFIRM', 'APPROVED', 'REJECTED')))
        """),
    Invariant(
      name: "confirmation_has_event",
      sentence: "The event of an approved confirmation is about its payment and has its number.",
      walks: .confirmations,
      violations: """
        SELECT CONCAT('confirmation ', c.id) AS what
        FROM confirmations c LEFT JOIN payment_events e ON e.id = c.event_id
        LEFT JOIN payments p ON p.id = c.payment_id
        WHERE c.event_id IS NOT NULL AND NOT COALESCE(c.status = 'APPROVED'
          AND e.source = 'OPERATOR' AND e.event_key = CONCAT('confirmation:', c.id)
          AND (e.payment_id IS NULL OR e.payment_id = c.payment_id) AND e.amount = p.amount
          AND e.currency = p.currency AND e.provider_txn_id <=> c.provider_txn_id, FALSE)
        """),
  ]
}
