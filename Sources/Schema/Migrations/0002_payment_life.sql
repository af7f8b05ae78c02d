-- News about refunds and disputes in the inbox, and the schedules by which providers are asked.

ALTER TABLE payment_events
  ADD COLUMN IF NOT EXISTS news_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'State of the refund or dispute that the event is about' AFTER cause,
  ADD COLUMN IF NOT EXISTS news_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'Our number of the refund' AFTER news_status,
  ADD COLUMN IF NOT EXISTS news_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'The number of the refund or dispute at the provider' AFTER news_no,
  ADD COLUMN IF NOT EXISTS amount_is_total BOOLEAN NULL
    COMMENT 'The amount is of all refunds of the payment so far' AFTER news_id,
  ADD COLUMN IF NOT EXISTS respond_by DATETIME(6) NULL
    COMMENT 'Until when evidence in a dispute can be handed in' AFTER amount_is_total,
  DROP CONSTRAINT IF EXISTS payment_events_kind_known,
  DROP CONSTRAINT IF EXISTS payment_events_kind_is_known,
  ADD CONSTRAINT payment_events_kind_is_known CHECK (kind IN ('SUCCEEDED', 'FAILED',
    'ATTEMPT_FAILED', 'CLOSED', 'PENDING', 'REFUND', 'DISPUTE'));

-- A payment is asked about while next_query_at is set.
ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS next_query_at DATETIME(6) NULL AFTER presentation,
  ADD COLUMN IF NOT EXISTS queries INT NOT NULL DEFAULT 0 AFTER next_query_at,
  ADD COLUMN IF NOT EXISTS queried_at DATETIME(6) NULL AFTER queries,
  ADD KEY IF NOT EXISTS payments_next_query (provider, next_query_at);

UPDATE payments SET next_query_at = updated_at
WHERE status IN ('STARTING', 'PENDING') AND next_query_at IS NULL;

-- A refund is carried out or asked about while next_attempt_at is set. Coins are taken from the wallet
-- when it is asked for, and given back when the provider says that it failed.
ALTER TABLE refunds
  ADD COLUMN IF NOT EXISTS coins_taken BIGINT NOT NULL DEFAULT 0 AFTER currency,
  ADD COLUMN IF NOT EXISTS bonus_taken BIGINT NOT NULL DEFAULT 0 AFTER coins_taken,
  ADD COLUMN IF NOT EXISTS cause VARCHAR(255) NULL AFTER status,
  ADD COLUMN IF NOT EXISTS next_attempt_at DATETIME(6) NULL AFTER actor,
  ADD COLUMN IF NOT EXISTS attempts INT NOT NULL DEFAULT 0 AFTER next_attempt_at,
  ADD COLUMN IF NOT EXISTS request_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'Given by whoever asked, so that asking twice is asking once' AFTER actor,
  ADD KEY IF NOT EXISTS refunds_next_attempt (next_attempt_at),
  ADD UNIQUE KEY IF NOT EXISTS refunds_request_key (request_key),
  ADD UNIQUE KEY IF NOT EXISTS refunds_provider_refund_id (payment_id, provider_refund_id);

UPDATE refunds SET next_attempt_at = updated_at
WHERE status IN ('REQUESTED', 'PENDING') AND next_attempt_at IS NULL;

-- One row for each dispute of a payment. Coins are frozen while the bank decides.
CREATE TABLE IF NOT EXISTS disputes (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  payment_id BIGINT NOT NULL,
  dispute_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  coins_frozen BIGINT NOT NULL DEFAULT 0,
  reason VARCHAR(255) NOT NULL,
  respond_by DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY disputes_dispute_id (payment_id, dispute_id),
  CONSTRAINT disputes_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT disputes_coins_counted CHECK (coins_frozen >= 0),
  CONSTRAINT disputes_status_known CHECK (status IN ('INQUIRY', 'OPENED', 'WON', 'LOST'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
