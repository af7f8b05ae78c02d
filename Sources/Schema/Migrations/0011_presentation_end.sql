-- When a provider stops to take a QR code or an address to pay at, so that a fresh one can be shown.

ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS presentation_expires_at DATETIME(6) NULL AFTER presentation;
