-- Money that no payment of ours can be credited with, until somebody has found out what it is; and
-- payments whose reported success waits for the provider to say it again when asked.

CREATE TABLE IF NOT EXISTS suspense_entries (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id BIGINT NOT NULL,
  reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  currency VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  alarmed_at DATETIME(6) NULL,
  resolved_at DATETIME(6) NULL,
  resolution VARCHAR(255) NULL,
  actor VARCHAR(64) NULL,
  UNIQUE KEY suspense_entries_event (event_id),
  KEY suspense_entries_open (resolved_at, created_at),
  CONSTRAINT suspense_entries_event_exists FOREIGN KEY (event_id) REFERENCES payment_events (id),
  CONSTRAINT suspense_entries_resolved_by CHECK (
    (resolved_at IS NULL) = (resolution IS NULL AND actor IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS confirming BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'A success was reported that the provider has to confirm' AFTER queried_at;
