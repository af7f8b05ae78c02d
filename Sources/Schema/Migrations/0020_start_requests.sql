-- What a provider is sent in order to bring a payment into being, sealed like the presentation: it is
-- kept before it is sent, and sent again as it is.
ALTER TABLE payments
  ADD COLUMN IF NOT EXISTS start_request BLOB NULL AFTER presentation;
