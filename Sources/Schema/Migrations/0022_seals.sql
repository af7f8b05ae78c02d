-- Codes over what rows about money say, by a key that the database has only encrypted: who can write
-- to the tables, but has no encryption key of the site, can make no row that holds.

CREATE TABLE IF NOT EXISTS seal_keys (
  id TINYINT NOT NULL PRIMARY KEY,
  box VARBINARY(1024) NOT NULL COMMENT 'The key, sealed with AES-256-GCM',
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT seal_keys_one_row CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last action of the audit log, so that it cannot be cut off.
CREATE TABLE IF NOT EXISTS audit_head (
  id TINYINT NOT NULL PRIMARY KEY,
  action_id BIGINT NOT NULL,
  seal BINARY(32) NOT NULL,
  CONSTRAINT audit_head_one_row CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE wallets ADD COLUMN IF NOT EXISTS seal BINARY(32) NULL AFTER head_hash;
ALTER TABLE coin_orders
  ADD COLUMN IF NOT EXISTS terms_seal BINARY(32) NULL,
  ADD COLUMN IF NOT EXISTS history_seal BINARY(32) NULL;
ALTER TABLE payments ADD COLUMN IF NOT EXISTS seal BINARY(32) NULL;
ALTER TABLE payment_events ADD COLUMN IF NOT EXISTS seal BINARY(32) NULL;
ALTER TABLE refunds ADD COLUMN IF NOT EXISTS seal BINARY(32) NULL;
