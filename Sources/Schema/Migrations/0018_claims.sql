-- What refunds and disputes take of an order's coins adds up to its share, whatever fails in between.

ALTER TABLE refunds
  ADD COLUMN IF NOT EXISTS coin_rule VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'What becomes of the coins, NULL in rows of an older version' AFTER bonus_taken,
  ADD COLUMN IF NOT EXISTS ledger_reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'Under which the ledger knows it, NULL for its number' AFTER out_request_no,
  ADD UNIQUE KEY IF NOT EXISTS refunds_payment_number (payment_id, out_request_no),
  ADD KEY IF NOT EXISTS refunds_number (out_request_no),
  DROP KEY IF EXISTS refunds_out_request_no;

ALTER TABLE disputes
  ADD COLUMN IF NOT EXISTS bonus_frozen BIGINT NOT NULL DEFAULT 0
    COMMENT 'Those of the frozen coins that were given on top of the sale' AFTER coins_frozen,
  ADD COLUMN IF NOT EXISTS coin_rule VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'What became of the coins, NULL in rows of an older version' AFTER bonus_frozen,
  ADD COLUMN IF NOT EXISTS news_at DATETIME(6) NULL
    COMMENT 'When the news of its state came about at the provider' AFTER respond_by;

-- A dispute froze all that was left of its order, the coins given on top among it.
UPDATE disputes d JOIN payments p ON p.id = d.payment_id JOIN coin_orders o ON o.id = p.order_id
SET d.bonus_frozen = LEAST(d.coins_frozen, o.bonus_coins)
WHERE d.coin_rule IS NULL AND d.news_at IS NULL AND d.bonus_frozen = 0;
