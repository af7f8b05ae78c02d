-- Summaries for operators, kept up by a background duty. A quarter is the number of quarter hours since
-- 1970-01-01T00:00Z: whole quarters make up the hours and days of every time zone in use.

ALTER TABLE payments
  ADD KEY IF NOT EXISTS payments_created (created_at),
  ADD KEY IF NOT EXISTS payments_succeeded (succeeded_at);

ALTER TABLE payment_events
  ADD KEY IF NOT EXISTS payment_events_kind (kind, received_at);

ALTER TABLE refunds
  ADD KEY IF NOT EXISTS refunds_created (created_at);

-- How far the duty has read what changed.
CREATE TABLE IF NOT EXISTS statistics_progress (
  id TINYINT NOT NULL PRIMARY KEY,
  transition_id BIGINT NOT NULL DEFAULT 0 COMMENT 'The last of order_transitions up to which all are noted',
  changed_since DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00'
    COMMENT 'Refunds and refused attempts from before it are noted',
  CONSTRAINT statistics_progress_one_row CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO statistics_progress (id) VALUES (1);

-- Quarters that have changed since they were counted.
CREATE TABLE IF NOT EXISTS statistics_stale (
  quarter INT NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS statistics_quarters (
  quarter INT NOT NULL,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  begun BIGINT NOT NULL DEFAULT 0 COMMENT 'Payments that were begun in the quarter',
  begun_succeeded BIGINT NOT NULL DEFAULT 0 COMMENT 'Of those begun: ended by success',
  begun_failed BIGINT NOT NULL DEFAULT 0,
  begun_closed BIGINT NOT NULL DEFAULT 0,
  paid BIGINT NOT NULL DEFAULT 0 COMMENT 'Payments that credited coins in the quarter',
  paid_amount BIGINT NOT NULL DEFAULT 0,
  duplicates BIGINT NOT NULL DEFAULT 0 COMMENT 'Second payments of an order that arrived in the quarter',
  duplicates_amount BIGINT NOT NULL DEFAULT 0,
  refunds BIGINT NOT NULL DEFAULT 0 COMMENT 'Asked for in the quarter, not failed',
  refunded BIGINT NOT NULL DEFAULT 0 COMMENT 'Of those: made',
  refunded_amount BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (quarter, provider, currency)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Counts by cause of failure and by class of duration, for each quarter and summed for each day of UTC,
-- so that long periods are read from few rows.
CREATE TABLE IF NOT EXISTS statistics_counts (
  span CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'Q for a quarter, D for 96 of them',
  quarter INT NOT NULL COMMENT 'The first of the span',
  figure VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  item VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'A cause, or the number of a class of duration',
  count BIGINT NOT NULL,
  PRIMARY KEY (span, quarter, figure, provider, item),
  CONSTRAINT statistics_counts_span_known CHECK (span IN ('Q', 'D')),
  CONSTRAINT statistics_counts_figure_known CHECK (figure IN ('CAUSE', 'DURATION'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
