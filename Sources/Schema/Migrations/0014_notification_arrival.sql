-- When a provider's last notification came, and which payments had to be asked for since.
ALTER TABLE payment_events
  ADD KEY IF NOT EXISTS payment_events_arrival (provider, source, kind, received_at);
