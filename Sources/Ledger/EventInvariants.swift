import Database
import Seals

extension Invariant {
  /// That payments, refunds and disputes are what the events of the inbox made of them.
  static let events: [Invariant] = [
    Invariant(
      name: "event_names_payment",
      sentence: "A settled event is about the payment whose number it names, and about no other.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id, ' ', e.outcome) AS what
        FROM payment_events e LEFT JOIN payments p ON p.id = e.payment_id
        WHERE (e.payment_id IS NOT NULL AND NOT COALESCE(p.provider = e.provider
            AND (COALESCE(e.out_trade_no = p.out_trade_no, FALSE)
              OR COALESCE(e.provider_txn_id = p.provider_txn_id, FALSE)), FALSE))
          OR (e.state = 'SETTLED' AND e.outcome <> 'DISCARDED'
            AND (e.payment_id IS NULL) <> (e.outcome IN ('UNMATCHED', 'READ')))
        """),
    Invariant(
      name: "event_effect",
      sentence: "An event that changed a payment has that change in the order's history.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id, ' ', e.outcome) AS what
        FROM payment_events e LEFT JOIN payments p ON p.id = e.payment_id
        LEFT JOIN order_transitions t ON t.event_id = e.id AND t.payment_id = e.payment_id
          AND t.to_status = IF(e.outcome = 'CREDITED', 'SUCCEEDED', e.outcome)
        WHERE e.outcome IN ('CREDITED', 'DUPLICATE', 'FAILED', 'CLOSED')
          AND (t.id IS NULL
            OR (e.outcome = 'CREDITED' AND NOT (p.status <=> 'SUCCEEDED'))
            OR (e.outcome = 'DUPLICATE' AND NOT (p.status <=> 'DUPLICATE')))
        """),
    Invariant(
      name: "event_state",
      sentence:
        "An event waits, was given up or has an outcome that is one of its kind; one that was "
        + "discarded has the operator's action, and one without a payment names none of ours.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id, ' ', e.state) AS what
        FROM payment_events e JOIN schema_migrations m ON m.name = 'operators'
        WHERE e.state NOT IN ('PENDING', 'SETTLED', 'PARKED')
          OR (e.state = 'PENDING') <> (e.next_attempt_at IS NOT NULL)
          OR (e.state = 'SETTLED') <> (e.outcome IS NOT NULL)
          OR (e.state = 'SETTLED') <> (e.settled_at IS NOT NULL)
          OR NOT \(outcomeFits)
          OR (e.outcome = 'DISCARDED' AND e.settled_at > m.applied_at AND NOT EXISTS (
            SELECT 1 FROM operator_actions a WHERE a.action = 'DISCARD_EVENT'
              AND a.subject = e.id AND a.created_at = e.settled_at))
        """),
    Invariant(
      name: "event_heeded",
      sentence: "An event about money that changed nothing is about money that is booked.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', e.id, ' ', e.kind) AS what
        FROM payment_events e JOIN schema_migrations m ON m.name = 'seals'
        LEFT JOIN payments p ON p.id = e.payment_id
        WHERE e.outcome = 'IGNORED' AND e.settled_at > m.applied_at AND NOT CASE
          WHEN e.kind IN ('SUCCEEDED', 'REFUNDED')
            THEN COALESCE(p.status IN ('SUCCEEDED', 'DUPLICATE'), FALSE)
          WHEN e.kind = 'DISPUTE' THEN EXISTS (
            SELECT 1 FROM disputes d
            WHERE d.payment_id = e.payment_id AND d.dispute_id = e.news_id)
          WHEN e.kind = 'REFUND' AND e.news_status = 'SUCCEEDED' AND e.amount > 0 THEN EXISTS (
            SELECT 1 FROM refunds r WHERE r.payment_id = e.payment_id)
          ELSE TRUE END
        """),
    Invariant(
      name: "transition_has_cause",
      sentence: "A transition is of a payment and by an event of its own order.",
      walks: .transitions,
      violations: """
        SELECT CONCAT('transition ', t.id, ' of order ', t.order_id) AS what
        FROM order_transitions t LEFT JOIN coin_orders o ON o.id = t.order_id
        LEFT JOIN payments p ON p.id = t.payment_id
        LEFT JOIN payment_events e ON e.id = t.event_id LEFT JOIN payments q ON q.id = e.payment_id
        WHERE o.id IS NULL OR (t.payment_id IS NOT NULL AND NOT (p.order_id <=> t.order_id))
          OR (t.event_id IS NOT NULL AND NOT (q.order_id <=> t.order_id))
        """),
    Invariant(
      name: "payment_of_order",
      sentence:
        "A payment is of the order that its number names.",
      violations: """
        SELECT CONCAT('payment ', p.id, ' ', p.out_trade_no) AS what
        FROM payments p LEFT JOIN coin_orders o ON o.id = p.order_id
        WHERE o.id IS NULL OR p.out_trade_no
          <> IF(p.attempt = 1, o.order_no, CONCAT(o.order_no, '_', p.attempt))
        """),
    Invariant(
      name: "order_follows_payment",
      sentence: "An order that was not paid has amount, currency and method of its newest payment.",
      violations: """
        SELECT o.order_no AS what
        FROM coin_orders o JOIN payments p ON p.order_id = o.id
          AND p.attempt = (SELECT MAX(x.attempt) FROM payments x WHERE x.order_id = o.id)
        WHERE o.paid_at IS NULL AND (p.amount <> o.amount OR p.currency <> o.currency
          OR p.provider <> o.payment_method)
        """),
  ]

  /// Whether an event `e` has no outcome, or one that its kind can have. What is unmatched names no
  /// payment that was here.
  private static let outcomeFits: SQL = """
    (e.outcome IS NULL OR CASE
      WHEN e.outcome = 'READ' THEN e.kind = 'CHANGED'
      WHEN e.outcome IN ('CREDITED', 'DUPLICATE') THEN e.kind = 'SUCCEEDED'
      WHEN LEFT(e.outcome, 7) = 'REFUND_' THEN e.kind = 'REFUND'
      WHEN LEFT(e.outcome, 8) = 'DISPUTE_' THEN e.kind = 'DISPUTE'
      WHEN e.outcome = 'UNMATCHED' THEN NOT EXISTS (
        SELECT 1 FROM payments x WHERE x.provider = e.provider
          AND x.out_trade_no = e.out_trade_no AND x.created_at <= e.settled_at)
      ELSE e.outcome IN
        ('IGNORED', 'SUSPICIOUS', 'CONFIRMING', 'FAILED', 'CLOSED', 'DISCARDED') END)
    """

  /// Whether an event `v` names a refund `r`.
  private static let isNamed: SQL =
    """
    (v.news_no = r.out_request_no
      OR COALESCE(v.news_no, v.news_id) = r.provider_refund_id)
    """

  static let moneyBack: [Invariant] = [
    Invariant(
      name: "refund_follows_events",
      sentence: "A refund is in a state that an event about it brought about, and is not under way "
        + "after one that ended it.",
      walks: .refunds,
      violations: """
        SELECT CONCAT('refund ', r.out_request_no, ' is ', r.status) AS what FROM refunds r
        WHERE NOT (CASE
          WHEN r.status = 'REQUESTED' THEN \(isAsked) AND NOT \(hasEvent("LIKE 'REFUND%'"))
          WHEN r.status = 'PENDING' THEN \(hasEvent("= 'REFUND_PENDING'"))
            AND NOT \(hasEvent("IN ('REFUND_SUCCEEDED', 'REFUND_FAILED')"))
          WHEN r.status = 'SUCCEEDED' THEN \(hasEvent("= 'REFUND_SUCCEEDED'"))
            OR (NOT \(isAsked) AND EXISTS (
              SELECT 1 FROM payment_events v
              WHERE v.payment_id = r.payment_id AND v.outcome = 'REFUND_SUCCEEDED'
                AND (v.news_no IS NULL OR v.amount_is_total)))
          ELSE \(gaveWay) OR EXISTS (
            SELECT 1 FROM payment_events v
            WHERE v.payment_id = r.payment_id AND v.kind = 'REFUND' AND v.state = 'SETTLED'
              AND v.news_status = 'FAILED' AND \(isNamed)) END)
        """),
    Invariant(
      name: "refund_amount",
      sentence:
        "A refund has the currency of its payment, and the amount that events about it name.",
      walks: .refunds,
      violations: """
        SELECT CONCAT('refund ', r.out_request_no) AS what
        FROM refunds r LEFT JOIN payments p ON p.id = r.payment_id
          AND p.status IN ('SUCCEEDED', 'DUPLICATE') AND p.currency = r.currency
        WHERE p.id IS NULL OR EXISTS (
          SELECT 1 FROM payment_events v
          WHERE v.payment_id = r.payment_id AND v.kind = 'REFUND' AND v.outcome LIKE 'REFUND%'
            AND NOT COALESCE(v.amount_is_total, FALSE) AND \(isNamed)
            AND (v.amount <> r.amount OR v.currency <> r.currency))
        """),
    Invariant(
      name: "refund_event_has_refund",
      sentence: "An event about money given back has its refund.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', v.id, ' ', v.outcome) AS what
        FROM payment_events v
        WHERE v.outcome LIKE 'REFUND%' AND NOT EXISTS (
          SELECT 1 FROM refunds r WHERE r.payment_id = v.payment_id
            AND (\(isNamed) OR (v.news_no IS NULL AND v.news_id IS NULL) OR v.amount_is_total))
        """),
    Invariant(
      name: "refund_was_asked",
      sentence: "A refund that an operator asked for has the operator's action; one that nobody "
        + "asked for is of money that came twice.",
      walks: .refunds,
      violations: """
        SELECT CONCAT('refund ', r.out_request_no, ' by ', r.actor) AS what
        FROM refunds r JOIN schema_migrations m ON m.name = 'operators'
        LEFT JOIN payments p ON p.id = r.payment_id LEFT JOIN coin_orders o ON o.id = p.order_id
        LEFT JOIN operator_actions a ON a.subject = o.order_no AND a.action = 'REFUND'
          AND a.actor = r.actor AND a.reason = r.reason
          AND LOCATE(CONCAT(' as ', r.out_request_no, ',', COALESCE(CONCAT(' ', r.coin_rule), '')),
            a.details) > 0
        WHERE (r.actor = 'system' AND NOT (p.status <=> 'DUPLICATE'))
          OR (r.actor NOT IN ('system', 'mock', 'operator') AND r.actor NOT LIKE 'provider:%'
            AND r.created_at > m.applied_at AND a.id IS NULL)
        """),
    Invariant(
      name: "action_has_refund",
      sentence: "An action by which an operator asked for a refund has its refund.",
      walks: .actions,
      violations: """
        SELECT CONCAT('action ', a.id, ' on ', a.subject) AS what
        FROM operator_actions a
        WHERE a.action = 'REFUND' AND NOT EXISTS (
          SELECT 1 FROM coin_orders o JOIN payments p ON p.order_id = o.id
          JOIN refunds r ON r.payment_id = p.id
          WHERE o.order_no = a.subject AND r.actor = a.actor
            AND LOCATE(CONCAT(' as ', r.out_request_no, ','), a.details) > 0)
        """),
    Invariant(
      name: "dispute_follows_events",
      sentence:
        "A dispute is in a state that an event about it brought about and no later one ended, and of "
        + "an amount that events name.",
      walks: .disputes,
      violations: """
        SELECT CONCAT('dispute ', d.dispute_id, ' is ', d.status) AS what
        FROM disputes d
        WHERE NOT EXISTS (
            SELECT 1 FROM payment_events v
            WHERE v.payment_id = d.payment_id AND v.kind = 'DISPUTE' AND v.news_id = d.dispute_id
              AND v.outcome LIKE 'DISPUTE%' AND v.news_status = d.status)
          OR NOT EXISTS (
            SELECT 1 FROM payment_events v
            WHERE v.payment_id = d.payment_id AND v.kind = 'DISPUTE' AND v.news_id = d.dispute_id
              AND v.outcome LIKE 'DISPUTE%' AND v.amount = d.amount AND v.currency = d.currency)
          OR EXISTS (
            SELECT 1 FROM payment_events v
            WHERE v.payment_id = d.payment_id AND v.kind = 'DISPUTE' AND v.news_id = d.dispute_id
              AND v.outcome LIKE 'DISPUTE%' AND v.news_status IN ('WON', 'LOST')
              AND v.news_status <> d.status
              AND v.occurred_at <= d.updated_at + INTERVAL 15 MINUTE
              AND (v.occurred_at > d.news_at
                OR (v.occurred_at = d.news_at AND d.status NOT IN ('WON', 'LOST'))))
        """),
    Invariant(
      name: "dispute_event_has_dispute",
      sentence: "An event about a dispute has its dispute.",
      walks: .events,
      violations: """
        SELECT CONCAT('event ', v.id, ' ', v.outcome) AS what
        FROM payment_events v LEFT JOIN disputes d
          ON d.payment_id = v.payment_id AND d.dispute_id = v.news_id
        WHERE v.outcome LIKE 'DISPUTE%' AND d.id IS NULL
        """),
  ]

  /// Whether somebody here asked for a refund `r`.
  private static let isAsked: SQL =
    "(r.actor NOT IN ('mock', 'operator') AND r.actor NOT LIKE 'provider:%')"

  /// Whether a refund `r` that failed was never sent and gave way to one that turned out to be made.
  private static let gaveWay: SQL = """
    (r.cause LIKE 'cancelled: never sent%' AND r.unclear_at IS NULL AND \(isAsked) AND EXISTS (
      SELECT 1 FROM payment_events s
      WHERE s.payment_id = r.payment_id AND s.kind = 'REFUND'
        AND s.outcome IN ('REFUND_SUCCEEDED', 'REFUND_PENDING') AND s.settled_at = r.updated_at
        AND NOT (s.news_no <=> r.out_request_no)))
    """

  /// Whether an event that names a refund `r` has an outcome.
  private static func hasEvent(_ outcome: SQL) -> SQL {
    """
    EXISTS (SELECT 1 FROM payment_events v
      WHERE v.payment_id = r.payment_id AND v.outcome \(outcome) AND \(isNamed))
    """
  }
}
