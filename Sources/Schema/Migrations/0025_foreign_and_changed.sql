-- News that only names an object at the provider, which is asked for it; and books that tell of other
-- software on the same account.
ALTER TABLE payment_events
  DROP CONSTRAINT IF EXISTS payment_events_kind_is_one,
  DROP CONSTRAINT IF EXISTS payment_events_kind_is_of_all,
  ADD CONSTRAINT payment_events_kind_is_of_all CHECK (kind IN ('SUCCEEDED', 'REFUNDED', 'FAILED',
    'ATTEMPT_FAILED', 'CLOSED', 'PENDING', 'REFUND', 'DISPUTE', 'CHANGED'));
ALTER TABLE reconciliation_runs
  ADD COLUMN IF NOT EXISTS foreign_count BIGINT NOT NULL DEFAULT 0
    COMMENT 'Lines of other software on the same account' AFTER line_count;
