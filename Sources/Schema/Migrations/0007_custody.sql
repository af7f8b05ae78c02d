-- Which keys stored values need, chained histories, e-mail addresses, and users who were erased.

CREATE TABLE IF NOT EXISTS encryption_key_checks (
  key_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  check_value VARBINARY(160) NOT NULL COMMENT 'A constant sealed with the key',
  created_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE users
  ADD COLUMN IF NOT EXISTS email VARBINARY(512) NULL COMMENT 'Sealed with AES-256-GCM' AFTER role,
  ADD COLUMN IF NOT EXISTS erased_at DATETIME(6) NULL
    COMMENT 'When the personal fields were erased' AFTER disabled_at;

-- The transitions of each order form a chain; its head is in the order. Rows of versions before this
-- one have no hash.
ALTER TABLE order_transitions
  ADD COLUMN IF NOT EXISTS sequence INT NULL,
  ADD COLUMN IF NOT EXISTS previous_hash BINARY(32) NULL,
  ADD COLUMN IF NOT EXISTS hash BINARY(32) NULL,
  ADD UNIQUE KEY IF NOT EXISTS order_transitions_sequence (order_id, sequence);

ALTER TABLE coin_orders
  ADD COLUMN IF NOT EXISTS history_count INT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS history_hash BINARY(32) NULL;
