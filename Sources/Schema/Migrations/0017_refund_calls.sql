-- A provider that may have heard of a refund is asked before it is believed that it refuses it.
ALTER TABLE refunds
  ADD COLUMN IF NOT EXISTS unclear_at DATETIME(6) NULL
    COMMENT 'The last call to make it whose outcome nobody knows, set before the call' AFTER attempts;

UPDATE refunds SET unclear_at = updated_at
WHERE status = 'REQUESTED' AND attempts > 0 AND unclear_at IS NULL;
