-- When somebody was last told that a refund or payment has been open for too long, and when a refund
-- was last tried or asked about.
ALTER TABLE refunds
  ADD COLUMN IF NOT EXISTS attempted_at DATETIME(6) NULL AFTER attempts,
  ADD COLUMN IF NOT EXISTS alarmed_at DATETIME(6) NULL AFTER attempted_at,
  ADD KEY IF NOT EXISTS refunds_open (status, created_at);

ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS alarmed_at DATETIME(6) NULL AFTER queried_at;
