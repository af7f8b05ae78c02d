-- What the operators' console needs: the second factor of those who may look behind the counter. The secret is sealed with AES-256-GCM;
-- of recovery codes only a hash is kept.

CREATE TABLE IF NOT EXISTS second_factors (
  user_id BIGINT NOT NULL PRIMARY KEY,
  secret VARBINARY(128) NOT NULL,
  confirmed_at DATETIME(6) NULL,
  last_step BIGINT NOT NULL DEFAULT 0
    COMMENT 'The time step of the last code that was accepted: no code is taken twice',
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT second_factors_user_exists FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS recovery_codes (
  user_id BIGINT NOT NULL,
  hash BINARY(32) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  PRIMARY KEY (user_id, hash),
  CONSTRAINT recovery_codes_user_exists FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE sessions
  ADD COLUMN IF NOT EXISTS stepped_up_at DATETIME(6) NULL
    COMMENT 'When the session last gave a code of the second factor';

-- Searching among all orders, newest first.
ALTER TABLE coin_orders
  ADD KEY IF NOT EXISTS coin_orders_created (created_at),
  ADD KEY IF NOT EXISTS coin_orders_status_created (status, created_at),
  ADD KEY IF NOT EXISTS coin_orders_method_created (payment_method, created_at);

ALTER TABLE refunds
  ADD KEY IF NOT EXISTS refunds_provider_number (provider_refund_id);

ALTER TABLE disputes
  ADD KEY IF NOT EXISTS disputes_provider_number (dispute_id);
