"""A shop that sold for years: paid orders with whole histories and ledger chains that hold, made by SQL."""

# Every round sells each user one package; its two entries go on in the user's chain.
USERS = 20_000
LINES_EACH = 2
COINS, BONUS, AMOUNT = 100, 10, 149

ENTRY = """
INSERT INTO ledger_entries (wallet_id, sequence, kind, reference, debit_account, credit_account, coins, balance_after,
  order_id, event_id, created_at, previous_hash, hash)
SELECT w.id, w.entry_count + 1, '{kind}', o.order_no, '{account}', CONCAT('wallet:', w.id), {coins}, w.balance + {coins},
  o.id, e.id, o.paid_at, w.head_hash, UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(w.head_hash)), w.id, w.entry_count + 1, '{kind}',
    o.order_no, '{account}', CONCAT('wallet:', w.id), {coins}, w.balance + {coins}, o.id, e.id,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', o.paid_at)), 256))
FROM coin_orders o JOIN wallets w ON w.user_id = o.user_id JOIN payment_events e ON e.payment_id = o.id
WHERE o.id > @before;
UPDATE wallets w JOIN ledger_entries l ON l.wallet_id = w.id AND l.sequence = w.entry_count + 1
  SET w.balance = l.balance_after, w.head_hash = l.hash, w.entry_count = l.sequence;
"""

BEGIN = """
SET SESSION unique_checks = 0, foreign_key_checks = 0;
-- Planted rows are like those from before seals, so that nothing may be sealed yet.
DELETE FROM seal_keys; DELETE FROM audit_head; DELETE FROM operator_actions;
INSERT INTO users (username, password_hash, role, created_at, updated_at)
SELECT CONCAT('planted', seq), 'x', 'user', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_{users};
INSERT INTO wallets (user_id, head_hash, updated_at)
SELECT id, UNHEX(REPEAT('00', 32)), UTC_TIMESTAMP(6) FROM users WHERE username LIKE 'planted%';
"""

ROUND = """
SET SESSION unique_checks = 0, foreign_key_checks = 0;
SET @before = (SELECT COALESCE(MAX(id), 0) FROM coin_orders), @now = UTC_TIMESTAMP(6) - INTERVAL {round} DAY;
INSERT INTO coin_orders (order_no, user_id, package_id, coins, bonus_coins, amount, currency, payment_method, status,
  created_at, expires_at, paid_at, updated_at)
SELECT CONCAT('COIN_20250101_', LPAD({round} * 1000000 + id, 12, '0')), id, 1, {coins}, {bonus}, {amount}, 'USD', 'STRIPE', 'PAID',
  @now, @now, @now, @now FROM users WHERE username LIKE 'planted%';
INSERT INTO payments (id, order_id, attempt, provider, merchant_account, live_mode, out_trade_no, amount, currency, status,
  created_at, succeeded_at, updated_at)
SELECT id, id, 1, 'STRIPE', 'm', 0, order_no, amount, currency, 'SUCCEEDED', created_at, created_at, created_at
FROM coin_orders WHERE id > @before;
INSERT INTO payment_events (provider, event_key, payment_id, out_trade_no, source, kind, state, outcome, merchant_account, live_mode, amount,
  currency, occurred_at, received_at, settled_at)
SELECT 'STRIPE', CONCAT('planted:', id), id, order_no, 'QUERY', 'SUCCEEDED', 'SETTLED', 'CREDITED', 'm', 0, amount, currency, created_at, created_at, created_at
FROM coin_orders WHERE id > @before;
INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause, event_id, created_at)
SELECT id, NULL, NULL, 'PAID', 'planted', 'planted', NULL, created_at FROM coin_orders WHERE id > @before
UNION ALL SELECT o.id, o.id, NULL, 'SUCCEEDED', 'planted', 'planted', e.id, o.created_at FROM coin_orders o
JOIN payment_events e ON e.payment_id = o.id WHERE o.id > @before;
"""


def plant(sql, lines, users=USERS):
    """Books with at least so many ledger lines. `sql` runs statements as the database's administrator."""
    sql(BEGIN.format(users=users))
    grow(sql, range(1, -(-lines // (users * LINES_EACH)) + 1))


def grow(sql, rounds):
    """More of the same: rounds with numbers that were not there yet."""
    entries = "".join(
        ENTRY.format(kind=kind, account=account, coins=coins)
        for kind, account, coins in (("PURCHASE", "sales", COINS), ("BONUS", "bonus", BONUS)))
    for number in rounds:
        sql(ROUND.format(round=number, coins=COINS, bonus=BONUS, amount=AMOUNT) + entries)
    # As they are known to a server that saw its tables grow.
    sql("ANALYZE TABLE users, wallets, coin_orders, payments, payment_events, order_transitions, ledger_entries")
