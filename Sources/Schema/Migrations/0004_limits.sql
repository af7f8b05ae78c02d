-- What a user ordered of late, for the limits on purchases.

ALTER TABLE coin_orders
  ADD KEY IF NOT EXISTS coin_orders_user_created (user_id, created_at);
