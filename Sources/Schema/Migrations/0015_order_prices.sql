-- What an order costs in each currency, as it was when the order was made.
CREATE TABLE IF NOT EXISTS coin_order_prices (
  order_id BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (order_id, currency),
  CONSTRAINT coin_order_prices_order_exists
    FOREIGN KEY (order_id) REFERENCES coin_orders (id) ON DELETE CASCADE,
  CONSTRAINT coin_order_prices_amount_positive CHECK (amount > 0 AND amount <= 10000000000)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
