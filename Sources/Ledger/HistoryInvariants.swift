import Database
import Seals

extension Invariant {
  /// Rows without a hash are older than chains, or of a worker of the version before that ran on
  /// while hosts were upgraded one by one: for a day after the migration.
  static let histories: [Invariant] = [
    Invariant(
      name: "history_chained",
      sentence: "Every transition since the upgrade to chained histories is in its order's chain.",
      walks: .transitions,
      violations: """
        SELECT CONCAT('transition ', t.id, ' of order ', t.order_id) AS what
        FROM order_transitions t JOIN schema_migrations m ON m.name = 'custody'
        WHERE t.hash IS NULL AND t.created_at > m.applied_at + INTERVAL 1 DAY
        """),
    Invariant(
      name: "history_sequence",
      sentence: "An order's transitions are numbered without gaps, and the order counts them.",
      violations: """
        SELECT CONCAT(o.order_no, ': counts ', o.history_count, ', has ', COUNT(t.sequence),
          ', last is ', COALESCE(MAX(t.sequence), 0)) AS what
        FROM coin_orders o LEFT JOIN order_transitions t ON t.order_id = o.id
        GROUP BY o.id, o.order_no, o.history_count
        HAVING o.history_count <> COUNT(t.sequence)
          OR o.history_count <> COALESCE(MAX(t.sequence), 0)
        """),
    Invariant(
      name: "history_link",
      sentence: "Each transition names the hash of the one before it.",
      violations: """
        SELECT CONCAT('transition ', id, ' of order ', order_id) AS what FROM (
          SELECT id, order_id, previous_hash,
            COALESCE(LAG(hash) OVER (PARTITION BY order_id ORDER BY sequence),
              UNHEX(REPEAT('00', 32))) AS expected
          FROM order_transitions WHERE sequence IS NOT NULL) c
        WHERE NOT (previous_hash <=> expected)
        """),
    Invariant(
      name: "history_hash",
      sentence: "A transition's hash covers what it says.",
      walks: .transitions, proof: .seals(.transitions)),
    Invariant(
      name: "history_head",
      sentence: "An order holds the hash of its last transition.",
      violations: """
        SELECT o.order_no AS what FROM coin_orders o LEFT JOIN order_transitions t
          ON t.order_id = o.id AND t.sequence = o.history_count
        WHERE NOT (o.history_hash <=> t.hash)
        """),
  ]
}
