-- What the providers' books said of a day, compared with our payments and refunds.

-- One row for each provider and day, in the provider's own time zone. The day stays read once
-- completed_at is set, whatever a later attempt comes to.
CREATE TABLE IF NOT EXISTS reconciliation_runs (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  book_day CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(255) NULL,
  attempts INT NOT NULL DEFAULT 1,
  line_count BIGINT NOT NULL DEFAULT 0,
  matched BIGINT NOT NULL DEFAULT 0,
  started_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  completed_at DATETIME(6) NULL,
  UNIQUE KEY reconciliation_runs_day (provider, book_day),
  CONSTRAINT reconciliation_runs_state_known CHECK (
    state IN ('RUNNING', 'NOT_READY', 'FAILED', 'COMPLETE')),
  CONSTRAINT reconciliation_runs_counted CHECK (line_count >= 0 AND matched >= 0),
  CONSTRAINT reconciliation_runs_end_known CHECK ((state = 'RUNNING') = (ended_at IS NULL)),
  CONSTRAINT reconciliation_runs_complete CHECK (
    state <> 'COMPLETE' OR completed_at IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every difference, once. item_key is a hash of the numbers that name it, which may be anybody's.
CREATE TABLE IF NOT EXISTS reconciliation_items (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run_id BIGINT NOT NULL,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  item_key BINARY(32) NOT NULL,
  payment_id BIGINT NULL,
  refund_id BIGINT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  provider_txn_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  out_request_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  provider_refund_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  our_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  our_amount BIGINT NULL,
  our_currency VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  their_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  their_amount BIGINT NULL,
  their_currency VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  occurred_at DATETIME(6) NOT NULL,
  event_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'The event of the inbox by which it was settled',
  created_at DATETIME(6) NOT NULL,
  alarmed_at DATETIME(6) NULL,
  resolved_at DATETIME(6) NULL,
  resolution VARCHAR(255) NULL,
  actor VARCHAR(64) NULL,
  UNIQUE KEY reconciliation_items_key (provider, kind, item_key),
  KEY reconciliation_items_run (run_id, kind, id),
  KEY reconciliation_items_open (resolved_at, id),
  KEY reconciliation_items_payment (payment_id),
  CONSTRAINT reconciliation_items_run_exists
    FOREIGN KEY (run_id) REFERENCES reconciliation_runs (id),
  CONSTRAINT reconciliation_items_payment_exists
    FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT reconciliation_items_refund_exists FOREIGN KEY (refund_id) REFERENCES refunds (id),
  CONSTRAINT reconciliation_items_kind_known CHECK (
    kind IN ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT_DIFFERS', 'STATUS_DIFFERS')),
  CONSTRAINT reconciliation_items_subject_known CHECK (
    subject IN ('PAYMENT', 'REFUND', 'DISPUTE')),
  CONSTRAINT reconciliation_items_resolved_by CHECK (
    (resolved_at IS NULL) = (resolution IS NULL AND actor IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The payments and refunds that some day's books know: what is not here in time is missing there.
CREATE TABLE IF NOT EXISTS reconciliation_matches (
  subject CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (subject, subject_id),
  CONSTRAINT reconciliation_matches_subject_known CHECK (subject IN ('P', 'R'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
  COMMENT = 'Append-only: the worker may insert and read, never change or delete.';

ALTER TABLE payments
  ADD KEY IF NOT EXISTS payments_succeeded (provider, succeeded_at);

-- What was done to one order, as its story tells it.
ALTER TABLE operator_actions
  ADD KEY IF NOT EXISTS operator_actions_subject (subject, id);

-- Calls to providers: what was asked, what came of it, and how both sides name the call. For people who
-- look into a payment; nothing is decided by it, and it is deleted with age.
CREATE TABLE IF NOT EXISTS provider_calls (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  operation VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  address VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'The request of ours that made the call',
  provider_request_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'How the provider names the call',
  http_status SMALLINT NULL,
  error VARCHAR(255) NULL COMMENT 'Why there was no answer',
  duration_ms INT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  KEY provider_calls_payment (out_trade_no, id),
  KEY provider_calls_age (created_at),
  CONSTRAINT provider_calls_one_end CHECK ((http_status IS NULL) = (error IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
  COMMENT = 'Append-only but for its age: the worker may insert, read and delete, never change.';
