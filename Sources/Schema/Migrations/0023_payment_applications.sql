-- The application that a payment was begun with, where a merchant may have several; empty where the
-- merchant's own number says all, and for payments of versions that did not keep it.
ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS application VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
    NOT NULL DEFAULT '' AFTER merchant_account;
