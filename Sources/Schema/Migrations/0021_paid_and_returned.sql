-- Payments that were paid and given back before anybody heard of them.
ALTER TABLE payment_events
  DROP CONSTRAINT IF EXISTS payment_events_kind_is_known,
  DROP CONSTRAINT IF EXISTS payment_events_kind_is_one,
  ADD CONSTRAINT payment_events_kind_is_one CHECK (kind IN ('SUCCEEDED', 'REFUNDED', 'FAILED',
    'ATTEMPT_FAILED', 'CLOSED', 'PENDING', 'REFUND', 'DISPUTE'));
