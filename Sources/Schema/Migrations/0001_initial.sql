-- Users, packages, orders, payments, inbox, wallets and the ledger.
-- Times are UTC with microseconds. Amounts are integer minor units. Numbers that others give us are
-- ascii_bin: case and trailing spaces are significant. DDL commits statement by statement, so every
-- statement can be run again after a migration broke off half-way.

CREATE TABLE IF NOT EXISTS users (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  username VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  role VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'user',
  disabled_at DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY users_username (username),
  CONSTRAINT users_role_known CHECK (role IN ('user', 'viewer', 'operator', 'administrator'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A session's token is kept only as a keyed hash: reading this table signs nobody in.
CREATE TABLE IF NOT EXISTS sessions (
  id BINARY(32) NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  KEY sessions_user (user_id),
  KEY sessions_expiry (expires_at),
  CONSTRAINT sessions_user_exists FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Failed sign-ins per account and per address; the subject is a keyed hash of either.
CREATE TABLE IF NOT EXISTS sign_in_failures (
  subject BINARY(32) NOT NULL PRIMARY KEY,
  failures INT NOT NULL,
  window_started_at DATETIME(6) NOT NULL,
  KEY sign_in_failures_window (window_started_at),
  CONSTRAINT sign_in_failures_counted CHECK (failures > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS coin_packages (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name_zh VARCHAR(64) NOT NULL,
  name_en VARCHAR(64) NOT NULL,
  coins BIGINT NOT NULL,
  bonus_coins BIGINT NOT NULL DEFAULT 0,
  position INT NOT NULL DEFAULT 0,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  CONSTRAINT coin_packages_coins_positive CHECK (coins > 0 AND coins <= 1000000000000),
  CONSTRAINT coin_packages_bonus_bounded CHECK (bonus_coins >= 0 AND bonus_coins <= 1000000000000)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS coin_package_prices (
  package_id BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (package_id, currency),
  CONSTRAINT coin_package_prices_package_exists
    FOREIGN KEY (package_id) REFERENCES coin_packages (id),
  CONSTRAINT coin_package_prices_amount_positive CHECK (amount > 0 AND amount <= 10000000000)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Coins, amount, currency and method are copied from the package at the time of sale; amount,
-- currency and method follow the payment that the user chose last, and at last the one that paid.
CREATE TABLE IF NOT EXISTS coin_orders (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_no VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id BIGINT NOT NULL,
  package_id BIGINT NOT NULL,
  coins BIGINT NOT NULL,
  bonus_coins BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payment_method VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  request_hash BINARY(32) NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  paid_at DATETIME(6) NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY coin_orders_order_no (order_no),
  UNIQUE KEY coin_orders_idempotency_key (user_id, idempotency_key),
  KEY coin_orders_user (user_id, id),
  KEY coin_orders_expiry (status, expires_at),
  CONSTRAINT coin_orders_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT coin_orders_package_exists FOREIGN KEY (package_id) REFERENCES coin_packages (id),
  CONSTRAINT coin_orders_coins_positive CHECK (coins > 0 AND bonus_coins >= 0),
  CONSTRAINT coin_orders_amount_positive CHECK (amount > 0 AND amount <= 10000000000),
  CONSTRAINT coin_orders_status_known CHECK (status IN ('PENDING', 'PAID', 'FAILED', 'EXPIRED',
    'CANCELLED', 'REFUNDING', 'REFUNDED', 'PARTIALLY_REFUNDED', 'DISPUTED')),
  CONSTRAINT coin_orders_paid_has_time CHECK (
    (paid_at IS NULL) = (status IN ('PENDING', 'FAILED', 'EXPIRED', 'CANCELLED'))),
  CONSTRAINT coin_orders_key_has_hash CHECK ((idempotency_key IS NULL) = (request_hash IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row for each attempt to pay an order at one provider. The presentation (address, QR text,
-- client secret) is sealed with AES-256-GCM.
CREATE TABLE IF NOT EXISTS payments (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id BIGINT NOT NULL,
  attempt INT NOT NULL,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  merchant_account VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  live_mode BOOLEAN NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  provider_txn_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(255) NULL,
  presentation VARBINARY(4096) NULL,
  created_at DATETIME(6) NOT NULL,
  succeeded_at DATETIME(6) NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY payments_attempt (order_id, attempt),
  UNIQUE KEY payments_out_trade_no (provider, out_trade_no),
  UNIQUE KEY payments_provider_txn_id (provider, provider_txn_id),
  KEY payments_open (status, updated_at),
  CONSTRAINT payments_order_exists FOREIGN KEY (order_id) REFERENCES coin_orders (id),
  CONSTRAINT payments_attempt_positive CHECK (attempt > 0),
  CONSTRAINT payments_amount_positive CHECK (amount > 0 AND amount <= 10000000000),
  CONSTRAINT payments_status_known CHECK (status IN ('STARTING', 'PENDING', 'SUCCEEDED', 'FAILED',
    'CLOSED', 'DUPLICATE', 'SUSPICIOUS')),
  CONSTRAINT payments_success_has_time CHECK (
    (succeeded_at IS NULL) = (status NOT IN ('SUCCEEDED', 'DUPLICATE')))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The inbox: everything that says that money moved or will not move. Amount and currency are what
-- the provider reported, not what we expected.
CREATE TABLE IF NOT EXISTS payment_events (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  provider VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  out_trade_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  provider_txn_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  merchant_account VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  live_mode BOOLEAN NOT NULL,
  amount BIGINT NULL,
  currency VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cause VARCHAR(255) NULL,
  occurred_at DATETIME(6) NOT NULL,
  received_at DATETIME(6) NOT NULL,
  body MEDIUMBLOB NULL,
  payment_id BIGINT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  outcome VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  attempts INT NOT NULL DEFAULT 0,
  next_attempt_at DATETIME(6) NULL,
  settled_at DATETIME(6) NULL,
  last_error VARCHAR(255) NULL,
  UNIQUE KEY payment_events_event_key (provider, event_key),
  KEY payment_events_queue (state, next_attempt_at),
  KEY payment_events_payment (payment_id),
  CONSTRAINT payment_events_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT payment_events_kind_known CHECK (
    kind IN ('SUCCEEDED', 'FAILED', 'ATTEMPT_FAILED', 'CLOSED', 'PENDING')),
  CONSTRAINT payment_events_source_known CHECK (
    source IN ('NOTIFICATION', 'QUERY', 'RECONCILIATION', 'MOCK', 'OPERATOR')),
  CONSTRAINT payment_events_state_known CHECK (state IN ('PENDING', 'SETTLED', 'PARKED')),
  CONSTRAINT payment_events_pending_has_time CHECK (
    (state = 'PENDING') = (next_attempt_at IS NOT NULL)),
  CONSTRAINT payment_events_settled_has_outcome CHECK (
    (state = 'SETTLED') = (outcome IS NOT NULL AND settled_at IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS order_transitions (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id BIGINT NOT NULL,
  payment_id BIGINT NULL,
  from_status VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL,
  to_status VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(64) NOT NULL,
  cause VARCHAR(255) NOT NULL,
  event_id BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  KEY order_transitions_order (order_id, id),
  KEY order_transitions_payment (payment_id, id),
  CONSTRAINT order_transitions_order_exists FOREIGN KEY (order_id) REFERENCES coin_orders (id),
  CONSTRAINT order_transitions_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT order_transitions_event_exists FOREIGN KEY (event_id) REFERENCES payment_events (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
  COMMENT = 'Append-only. A row with payment_id is a change of that payment, otherwise of the order.';

CREATE TABLE IF NOT EXISTS wallets (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  balance BIGINT NOT NULL DEFAULT 0,
  may_go_negative BOOLEAN NOT NULL DEFAULT FALSE,
  entry_count BIGINT NOT NULL DEFAULT 0,
  head_hash BINARY(32) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY wallets_user (user_id),
  CONSTRAINT wallets_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT wallets_balance_allowed CHECK (may_go_negative OR balance >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Each row is a whole double entry: it takes `coins` from one account and gives them to another, so
-- that all accounts always sum to zero. One of the two is the wallet named by wallet_id.
CREATE TABLE IF NOT EXISTS ledger_entries (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  wallet_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  debit_account VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  credit_account VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  coins BIGINT NOT NULL,
  balance_after BIGINT NOT NULL,
  order_id BIGINT NULL,
  event_id BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  previous_hash BINARY(32) NOT NULL,
  hash BINARY(32) NOT NULL,
  UNIQUE KEY ledger_entries_kind_reference (kind, reference),
  UNIQUE KEY ledger_entries_sequence (wallet_id, sequence),
  KEY ledger_entries_order (order_id),
  CONSTRAINT ledger_entries_wallet_exists FOREIGN KEY (wallet_id) REFERENCES wallets (id),
  CONSTRAINT ledger_entries_order_exists FOREIGN KEY (order_id) REFERENCES coin_orders (id),
  CONSTRAINT ledger_entries_event_exists FOREIGN KEY (event_id) REFERENCES payment_events (id),
  CONSTRAINT ledger_entries_coins_positive CHECK (coins > 0),
  CONSTRAINT ledger_entries_two_accounts CHECK (debit_account <> credit_account)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
  COMMENT = 'Append-only: the worker may insert and read, never change or delete.';

CREATE TABLE IF NOT EXISTS refunds (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  payment_id BIGINT NOT NULL,
  out_request_no VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  provider_refund_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(255) NOT NULL,
  actor VARCHAR(64) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY refunds_out_request_no (out_request_no),
  KEY refunds_payment (payment_id),
  KEY refunds_open (status, updated_at),
  CONSTRAINT refunds_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT refunds_amount_positive CHECK (amount > 0),
  CONSTRAINT refunds_status_known CHECK (
    status IN ('REQUESTED', 'PENDING', 'SUCCEEDED', 'FAILED'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
