"""`coinpay ledger verify` finds each broken invariant, and whatever else somebody changed in the tables about money."""

import json
import re

import pytest

from support.rich_life import Copy, Life
from support.stack import Stack
from support.stripe_site import TWO_SECRETS, Shop


@pytest.fixture(scope="module")
def site(stripe_fake):
    with Stack("verify", STRIPE_API_URL=stripe_fake.url, COINPAY_TWO_PERSONS_ABOVE="CNY:50.00,USD:10.00", COINPAY_OPERATOR_COINS_MAX=1000,
               **TWO_SECRETS) as stack:
        yield stack


@pytest.fixture(scope="module")
def life(site, stripe_fake):
    life = Life(site, Shop(site, stripe_fake, site.new_user()), stripe_fake)
    site.assert_ledger_holds()
    life.copy = Copy(site)
    return life


def order_id(name):
    return f"(SELECT id FROM coin_orders WHERE order_no = '{{{name}}}')"


def payment(name):
    return f"payment_id = (SELECT MAX(id) FROM payments WHERE order_id = {order_id(name)})"


ENTRY = """
INSERT INTO ledger_entries (wallet_id, sequence, kind, reference, debit_account, credit_account, coins, balance_after, order_id,
  event_id, created_at, previous_hash, hash)
SELECT w.id, w.entry_count + 1, '{kind}', '{reference}', '{debit}', CONCAT('wallet:', w.id), {coins}, w.balance + {coins}, {order}, {event},
  NOW(6), w.head_hash, UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(w.head_hash)), w.id, w.entry_count + 1, '{kind}', '{reference}', '{debit}',
    CONCAT('wallet:', w.id), {coins}, w.balance + {coins}, COALESCE({order}, 0), COALESCE({event}, 0),
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', NOW(6))), 256)) FROM wallets w WHERE w.id = {{wallet}};
UPDATE wallets w JOIN ledger_entries l ON l.wallet_id = w.id AND l.sequence = w.entry_count + 1
  SET w.balance = l.balance_after, w.head_hash = l.hash, w.entry_count = l.sequence WHERE w.id = {{wallet}};
SET timestamp = DEFAULT
"""


def entry(kind, reference, debit, coins="6000000", order="NULL", event="NULL"):
    """Coins out of nothing, with a chain that goes on as it should."""
    return "SET timestamp = UNIX_TIMESTAMP(NOW(6)); " + ENTRY.format(
        kind=kind, reference=reference, debit=debit, coins=coins, order=order, event=event)


# What somebody without the key makes of a chain whose end was changed.
REHASHED = """
UPDATE ledger_entries l JOIN wallets w ON w.id = l.wallet_id AND l.sequence = w.entry_count
SET l.hash = UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(l.previous_hash)), l.wallet_id, l.sequence, l.kind, l.reference, l.debit_account,
  l.credit_account, l.coins, l.balance_after, COALESCE(l.order_id, 0), COALESCE(l.event_id, 0),
  TIMESTAMPDIFF(MICROSECOND, '1970-01-01', l.created_at)), 256)) WHERE w.id = {wallet};
UPDATE wallets w JOIN ledger_entries l ON l.wallet_id = w.id AND l.sequence = w.entry_count SET w.head_hash = l.hash WHERE w.id = {wallet}
"""
# A wallet as it was before its last entry.
REWOUND = """
UPDATE wallets w JOIN ledger_entries l ON l.wallet_id = w.id AND l.sequence = w.entry_count - 1
SET w.entry_count = l.sequence, w.balance = l.balance_after, w.head_hash = l.hash WHERE w.id = {wallet};
DELETE l FROM ledger_entries l JOIN wallets w ON w.id = l.wallet_id WHERE l.sequence > w.entry_count AND w.id = {wallet}
"""

BREAKS = {
    "seal_key": "DELETE FROM seal_keys; UPDATE ledger_entries SET created_at = created_at + INTERVAL 1 DAY",
    # Nothing of this shop is older than seals; see SealTests.
    "old_rows": None,
    "wallet_seal": REWOUND,
    "history_seal": "UPDATE coin_orders o JOIN order_transitions t ON t.order_id = o.id AND t.sequence = o.history_count - 1 "
                    "SET o.history_count = t.sequence, o.history_hash = t.hash WHERE o.order_no = '{cancelled}'",
    "order_seal": "UPDATE coin_orders SET coins = coins * 2 WHERE order_no = '{pending}'",
    "payment_seal": "UPDATE payments SET amount = 1 WHERE out_trade_no = '{pending}'",
    "event_seal": "INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account, live_mode, occurred_at, "
                  "received_at, payment_id, state, outcome, settled_at) SELECT provider, 'x', 'QUERY', 'PENDING', out_trade_no, merchant_account, "
                  "live_mode, NOW(6), NOW(6), id, 'SETTLED', 'IGNORED', NOW(6) FROM payments WHERE out_trade_no = '{pending}'",
    "refund_seal": "UPDATE refunds SET amount = amount - 1 WHERE out_request_no = '{refunded}_R1'",
    "actions_end": "UPDATE audit_head SET action_id = action_id - 1",
    "actions_end_is_there": "DELETE FROM operator_actions ORDER BY id DESC LIMIT 1",
    "wallet_balance": "UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}",
    "entry_sides": "UPDATE ledger_entries SET debit_account = 'wallet:999999' WHERE wallet_id = {wallet} AND sequence = 1",
    "user_has_wallet": "INSERT INTO users (username, created_at, updated_at) VALUES ('no-wallet', NOW(6), NOW(6))",
    "chain_sequence": "UPDATE ledger_entries SET sequence = 77 WHERE wallet_id = {wallet} AND sequence = 1",
    "chain_balance": "UPDATE ledger_entries SET balance_after = balance_after + 5 WHERE wallet_id = {wallet} AND sequence = 2",
    "chain_link": "UPDATE ledger_entries SET previous_hash = UNHEX(REPEAT('ab', 32)) WHERE wallet_id = {wallet} AND sequence = 2",
    "chain_hash": "UPDATE ledger_entries SET created_at = created_at + INTERVAL 1 MICROSECOND WHERE wallet_id = {wallet} AND sequence = 1",
    "chain_head": "UPDATE wallets SET head_hash = UNHEX(REPEAT('cd', 32)) WHERE id = {wallet}",
    "entry_accounts": "UPDATE ledger_entries SET debit_account = 'bonus' WHERE kind = 'PURCHASE' AND reference = '{order}'",
    "entry_has_wallet": "DELETE FROM wallets WHERE id = {wallet}",
    "entry_of_order": "UPDATE ledger_entries SET order_id = NULL WHERE kind = 'REFUND' AND reference = '{refunded}_R1'",
    "entry_of_event": "UPDATE ledger_entries SET event_id = (SELECT id FROM payment_events WHERE out_trade_no = '{plain}') "
                      "WHERE kind = 'PURCHASE' AND reference = '{order}'",
    "refund_entry_has_refund": entry("REFUND_RETURN", "{refunded}_R9", "sales", order=order_id("refunded")),
    "dispute_entry_has_dispute": entry("DISPUTE_RELEASE", "x", "disputes", order=order_id("plain"),
                                       event="(SELECT MIN(id) FROM payment_events WHERE out_trade_no = '{plain}')"),
    "adjustment_has_action": entry("GRANT", "A1", "operators"),
    "action_has_adjustment": "DELETE FROM ledger_entries WHERE kind = 'GRANT' AND wallet_id = {other}",
    "allowance_decided": "UPDATE wallets SET may_go_negative = TRUE WHERE id = {wallet}",
    "order_credited_once": "DELETE FROM ledger_entries WHERE kind = 'PURCHASE' AND reference = '{order}'",
    "order_bonus_once": "DELETE FROM ledger_entries WHERE kind = 'BONUS' AND reference = '{order}'",
    "entry_has_paid_order": "UPDATE coin_orders SET status = 'PENDING', paid_at = NULL WHERE order_no = '{order}'",
    "order_paid_by_one": "UPDATE coin_orders SET amount = amount + 1 WHERE order_no = '{order}'",
    "order_follows_payment": "UPDATE coin_orders SET amount = 1 WHERE order_no = '{pending}'",
    "order_history_complete": "UPDATE coin_orders SET status = 'CANCELLED' WHERE order_no = '{pending}'",
    "payment_history_complete": "UPDATE payments SET status = 'CLOSED' WHERE out_trade_no = '{pending}'",
    "payment_of_order": "UPDATE payments SET attempt = 2 WHERE out_trade_no = '{pending}'",
    "history_unbroken": "UPDATE order_transitions SET from_status = 'EXPIRED' WHERE to_status = 'PAID' AND order_id = " + order_id("order"),
    "history_chained": "INSERT INTO order_transitions (order_id, from_status, to_status, actor, cause, created_at) SELECT id, status, status, 'x', 'x', NOW(6) + INTERVAL 2 DAY FROM coin_orders WHERE order_no = '{order}'",
    "history_sequence": "UPDATE coin_orders SET history_count = history_count + 1 WHERE order_no = '{order}'",
    "history_link": "UPDATE order_transitions SET previous_hash = UNHEX(REPEAT('ab', 32)) WHERE sequence = 2 AND order_id = " + order_id("order"),
    "history_hash": "UPDATE order_transitions SET cause = 'another' WHERE sequence = 1 AND order_id = " + order_id("order"),
    "history_head": "DELETE FROM order_transitions WHERE order_id = " + order_id("order") + " ORDER BY id DESC LIMIT 1",
    "transition_has_cause": "UPDATE order_transitions SET sequence = 90, order_id = " + order_id("plain") + " WHERE order_id = "
                            + order_id("pending") + " AND payment_id IS NOT NULL",
    "payment_has_proof": "UPDATE payment_events SET amount = amount - 1 WHERE out_trade_no = '{order}'",
    "event_effect": "UPDATE payment_events SET outcome = 'CREDITED' WHERE provider_txn_id = '{pi}'",
    "event_state": "UPDATE payment_events SET state = 'KEPT' WHERE out_trade_no = '{cancelled}'",
    "event_heeded": "UPDATE payment_events SET outcome = 'IGNORED' WHERE provider_txn_id = '{unmatched}'",
    "event_names_payment": "UPDATE payment_events SET payment_id = (SELECT id FROM payments WHERE out_trade_no = '{plain}') "
                           "WHERE out_trade_no = '{order}'",
    "refunds_within_payment": "UPDATE refunds SET amount = 1000000 WHERE out_request_no = '{refunded}_R1'",
    "refund_coins_taken": "UPDATE refunds SET coins_taken = coins_taken + 1 WHERE out_request_no = '{refunded}_R1'",
    "money_back_within_order": "INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coins_frozen, coin_rule, reason, created_at, updated_at) SELECT id, 'D', 'LOST', 1, currency, 90, 'take-back', 'x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{order}'",
    "payment_cause": "UPDATE payments SET cause = 'amount' WHERE out_trade_no = '{cancelled}'",
    "paid_when_recorded": "UPDATE payments SET succeeded_at = succeeded_at - INTERVAL 1 DAY WHERE out_trade_no = '{order}'",
    "request_has_actions": "UPDATE operator_requests SET coins = 1001 WHERE id = {deed_open}",
    "action_has_request": "DELETE FROM operator_requests WHERE id = {deed_refused}",
    "deeds_counted": "UPDATE operator_days SET coins = 0",
    "refund_key": "UPDATE refunds SET request_key = 'another' WHERE out_request_no = '{refunded}_R1'",
    "money_back_rule": "UPDATE disputes SET coin_rule = 'leave' WHERE dispute_id = '{lost_id}'",
    "refund_follows_events": "UPDATE refunds SET status = 'PENDING' WHERE " + payment("twice").replace("MAX", "MIN"),
    "refund_amount": "UPDATE refunds SET currency = 'EUR' WHERE out_request_no = '{refunded}_R1'",
    "refund_event_has_refund": "DELETE FROM refunds WHERE " + payment("foreign"),
    "refund_was_asked": "UPDATE refunds SET actor = 'cli:mallory' WHERE out_request_no = '{refunded}_R1'",
    "action_has_refund": "DELETE FROM refunds WHERE out_request_no = '{refunded}_R1'",
    "dispute_coins_frozen": "INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coins_frozen, reason, created_at, updated_at) SELECT id, 'D', 'OPENED', 1, currency, 5, 'x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{order}'",
    "dispute_follows_events": "UPDATE disputes SET amount = 1 WHERE dispute_id = '{won_id}'",
    "dispute_event_has_dispute": "DELETE FROM disputes WHERE dispute_id = '{won_id}'",
    "order_follows_refunds": "UPDATE refunds SET status = 'PENDING' WHERE out_request_no = '{refunded}_R1'",
    "suspense_has_event": "UPDATE suspense_entries SET amount = amount - 1 ORDER BY id DESC LIMIT 1",
    "money_in_suspense": "DELETE FROM suspense_entries ORDER BY id DESC LIMIT 1",
    "suspense_resolved": "UPDATE suspense_entries SET resolved_at = NOW(6), resolution = 'x', actor = 'system' ORDER BY id DESC LIMIT 1",
    "action_resolved_suspense": "DELETE FROM suspense_entries WHERE resolution = 'another shop''s'",
    "confirmation_has_actions": "UPDATE confirmations SET decided_by = 'operator:1' WHERE status = 'APPROVED' AND needs_second",
    "action_has_confirmation": "DELETE FROM confirmations WHERE status = 'REJECTED'",
    "confirmation_has_event": "UPDATE confirmations SET provider_txn_id = 'x' WHERE status = 'APPROVED' AND needs_second",
    "actions_chained": "UPDATE operator_actions SET previous_hash = UNHEX(REPEAT('ab', 32)) ORDER BY id DESC LIMIT 1",
    "action_hash": "UPDATE operator_actions SET reason = 'another' ORDER BY id DESC LIMIT 1",
    "package_as_recorded": "UPDATE coin_packages SET coins = coins * 1000 WHERE name_en = 'Recorded'",
    "confirmation_approved": "UPDATE payment_events SET source = 'OPERATOR' WHERE out_trade_no = '{order}'",
    "duplicate_is_refunded": "DELETE FROM refunds WHERE payment_id = (SELECT id FROM payments WHERE provider_txn_id = '{pi}')",
}

# What somebody who knows the tables would try. Whatever finds it, it is found.
CORRUPTIONS = {
    "a package's price": "UPDATE coin_package_prices p JOIN coin_packages k ON k.id = p.package_id SET p.amount = 1 "
                         "WHERE k.name_en = 'Recorded' AND p.currency = 'KWD'",
    "a package's price taken away": "DELETE p FROM coin_package_prices p JOIN coin_packages k ON k.id = p.package_id "
                                    "WHERE k.name_en = 'Recorded' AND p.currency = 'JPY'",
    "a package's bonus": "UPDATE coin_packages SET bonus_coins = 9 WHERE name_en = 'Recorded'",
    "an entry's time, with the chain computed again": "UPDATE ledger_entries l JOIN wallets w ON w.id = l.wallet_id AND l.sequence = w.entry_count "
                                                      "SET l.created_at = l.created_at - INTERVAL 1 DAY WHERE w.id = {wallet}; " + REHASHED,
    "the last entry cut off with its action": REWOUND + "; DELETE FROM operator_actions WHERE action = 'DEDUCT_COINS'; "
                                              "UPDATE audit_head SET action_id = (SELECT MAX(id) FROM operator_actions)",
    "the last audit row and the note of it removed": "DELETE FROM operator_actions ORDER BY id DESC LIMIT 1; DELETE FROM audit_head",
    "an action's reason, with the chain computed again": "UPDATE operator_actions SET reason = 'x' ORDER BY id DESC LIMIT 1; UPDATE operator_actions SET hash = "
        "UNHEX(SHA2(CONCAT_WS('|', LOWER(HEX(previous_hash)), actor, action, subject, reason, details, COALESCE(request_key, ''), "
        "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', created_at)), 256)) ORDER BY id DESC LIMIT 1",
    "words moved from a reason to the details": "UPDATE operator_actions SET details = CONCAT(reason, '|', details), reason = '' WHERE action = 'DEDUCT_COINS'",
    "a pending order moved to another user": "UPDATE coin_orders SET user_id = (SELECT user_id FROM wallets WHERE id = {other}) WHERE order_no = '{pending}'",
    "a pending order's price with its payment's": "UPDATE coin_orders SET amount = 1 WHERE order_no = '{pending}'; "
                                                  "UPDATE payments SET amount = 1 WHERE out_trade_no = '{pending}'",
    "a pending order's other price": "UPDATE coin_order_prices SET amount = 1 WHERE order_id = " + order_id("pending"),
    "a pending order's bonus": "UPDATE coin_orders SET bonus_coins = 1000000 WHERE order_no = '{pending}'",
    "a cancelled order open again, its history cut": "UPDATE coin_orders o JOIN order_transitions t ON t.order_id = o.id AND t.to_status = 'CANCELLED' "
        "JOIN order_transitions p ON p.order_id = o.id AND p.sequence = t.sequence - 1 SET o.status = 'PENDING', o.history_count = p.sequence, "
        "o.history_hash = p.hash WHERE o.order_no = '{cancelled}'; DELETE t FROM order_transitions t JOIN coin_orders o ON o.id = t.order_id "
        "WHERE o.order_no = '{cancelled}' AND t.sequence > o.history_count",
    "the same seal for another wallet": "UPDATE wallets a JOIN wallets b ON b.id = {other} SET a.seal = b.seal WHERE a.id = {wallet}",
    "coins out of nothing, as a bonus that came back": entry("BONUS_RETURN", "{refunded}_R1", "bonus", order=order_id("refunded")),
    "coins out of nothing, as a refund that failed": entry("REFUND_RETURN", "{refunded}_R1", "sales", order=order_id("refunded")),
    "coins out of nothing, as a sale": entry("PURCHASE", "{cancelled}", "sales", order=order_id("cancelled")),
    "coins out of nothing, of another kind": entry("GIFT", "x", "sales"),
    "a grant moved to another user": "UPDATE ledger_entries SET wallet_id = {other}, sequence = 99 WHERE kind = 'GRANT' AND wallet_id = {wallet}",
    "a sale moved to another user": "UPDATE ledger_entries SET wallet_id = {other}, sequence = 99 WHERE kind = 'PURCHASE' AND reference = '{order}'",
    "two wallets swapped": "UPDATE wallets SET user_id = -user_id WHERE id IN ({wallet}, {other}); "
                           "UPDATE wallets w JOIN wallets x ON x.id <> w.id AND x.id IN ({wallet}, {other}) SET w.user_id = -x.user_id WHERE w.id = {wallet}; "
                           "UPDATE wallets SET user_id = (SELECT u.id FROM users u LEFT JOIN wallets x ON x.user_id = u.id WHERE x.id IS NULL LIMIT 1) WHERE id = {other}",
    "a paid order moved to another user": "UPDATE coin_orders SET user_id = (SELECT user_id FROM wallets WHERE id = {other}) WHERE order_no = '{order}'",
    "a paid order with more coins": "UPDATE coin_orders SET coins = coins * 2 WHERE order_no = '{order}'",
    "an order removed": "DELETE FROM coin_orders WHERE order_no = '{order}'",
    "a pending order paid by hand": "UPDATE coin_orders SET status = 'PAID', paid_at = NOW(6) WHERE order_no = '{pending}'",
    "a payment removed": "DELETE FROM payments WHERE out_trade_no = '{order}'",
    "a payment added": "INSERT INTO payments (order_id, attempt, provider, merchant_account, live_mode, out_trade_no, amount, currency, status, created_at, updated_at) "
                       "SELECT id, 9, 'MOCK', 'm', 0, CONCAT(order_no, '_9'), amount, currency, 'CLOSED', NOW(6), NOW(6) FROM coin_orders WHERE order_no = '{plain}'",
    "a paid payment in another currency": "UPDATE payments SET currency = 'EUR' WHERE out_trade_no = '{order}'",
    "a paid payment with another number of the provider": "UPDATE payments SET provider_txn_id = 'pi_another' WHERE provider_txn_id = '{pi}'",
    "an event in another currency": "UPDATE payment_events SET currency = 'EUR' WHERE out_trade_no = '{order}'",
    "an event with another number": "UPDATE payment_events SET out_trade_no = '{plain}' WHERE out_trade_no = '{order}'",
    "an event of a sale removed": "DELETE FROM payment_events WHERE out_trade_no = '{order}'",
    "an event of a sale added": "INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account, live_mode, amount, currency, occurred_at, "
                                "received_at, payment_id, state, outcome, settled_at) SELECT provider, 'x', 'QUERY', 'SUCCEEDED', out_trade_no, merchant_account, live_mode, "
                                "amount, currency, NOW(6), NOW(6), id, 'SETTLED', 'CREDITED', NOW(6) FROM payments WHERE out_trade_no = '{pending}'",
    "money that waits, discarded by nobody": "UPDATE payment_events SET outcome = 'DISCARDED' WHERE provider_txn_id = '{unmatched}'; "
                                             "DELETE FROM suspense_entries ORDER BY id DESC LIMIT 1",
    "an event that ended nothing, without an outcome": "UPDATE payment_events SET outcome = NULL WHERE out_trade_no = '{cancelled}'",
    "a refund that was told of, ignored": "UPDATE payment_events SET outcome = 'IGNORED', payment_id = (SELECT id FROM payments WHERE "
                                          "out_trade_no = '{plain}'), out_trade_no = '{plain}' WHERE kind = 'REFUND' AND news_no = '{refunded}_R1'",
    "an event of a refund removed": "DELETE FROM payment_events WHERE kind = 'REFUND' AND news_no = '{refunded}_R1'",
    "a refund's amount": "UPDATE refunds SET amount = amount - 1 WHERE out_request_no = '{refunded}_R1'",
    "a refund of a second payment that failed": "UPDATE refunds SET status = 'FAILED' WHERE " + payment("twice").replace("MAX", "MIN"),
    "a refund's state with the order's": "UPDATE refunds SET status = 'REQUESTED' WHERE out_request_no = '{refunded}_R1'; "
                                         "UPDATE coin_orders SET status = 'REFUNDING' WHERE order_no = '{refunded}'",
    "a refund that leaves the coins": "UPDATE refunds SET coin_rule = 'leave' WHERE " + payment("foreign"),
    "a refund by another rule": "UPDATE refunds SET coin_rule = 'take-back-to-zero' WHERE out_request_no = '{refunded}_R1'",
    "a confirmation that nobody decided": "UPDATE confirmations SET decided_by = NULL, decided_at = NULL WHERE status = 'APPROVED' AND NOT needs_second",
    "suspense resolved with other words": "UPDATE suspense_entries SET resolution = 'ours' WHERE resolution = 'another shop''s'",
    "a refund moved": "UPDATE refunds SET payment_id = (SELECT id FROM payments WHERE out_trade_no = '{plain}') WHERE out_request_no = '{refunded}_R1'",
    "a refund added": "INSERT INTO refunds (payment_id, out_request_no, amount, currency, status, reason, actor, created_at, updated_at) "
                      "SELECT id, 'x', 1, currency, 'SUCCEEDED', 'x', 'cli:x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{plain}'",
    "a lost dispute won": "UPDATE disputes SET status = 'WON' WHERE dispute_id = '{lost_id}'",
    "a lost dispute open again": "UPDATE disputes SET status = 'OPENED' WHERE dispute_id = '{lost_id}'",
    "a dispute moved": "UPDATE disputes SET payment_id = (SELECT id FROM payments WHERE out_trade_no = '{plain}') WHERE dispute_id = '{lost_id}'",
    "a dispute removed": "DELETE FROM disputes WHERE dispute_id = '{lost_id}'",
    "a dispute in another currency": "UPDATE disputes SET currency = 'EUR' WHERE dispute_id = '{lost_id}'",
    "all of suspense removed": "DELETE FROM suspense_entries",
    "suspense in another currency": "UPDATE suspense_entries SET currency = 'EUR' ORDER BY id DESC LIMIT 1",
    "suspense for another reason": "UPDATE suspense_entries SET reason = 'paid_twice' ORDER BY id DESC LIMIT 1",
    "suspense of a paid payment resolved by nobody": "UPDATE suspense_entries SET resolved_at = NOW(6), resolution = 'the provider confirmed it', "
        "actor = 'system' WHERE event_id = (SELECT id FROM payment_events WHERE provider_txn_id = '{stranger}')",
    "money that was held, said to be unconfirmed": "UPDATE suspense_entries SET reason = 'unconfirmed' WHERE event_id = "
        "(SELECT id FROM payment_events WHERE provider_txn_id = '{stranger}')",
    "suspense of another event": "UPDATE suspense_entries SET event_id = (SELECT id FROM payment_events WHERE out_trade_no = '{plain}') ORDER BY id DESC LIMIT 1",
    "suspense added": "INSERT INTO suspense_entries (event_id, reason, amount, currency, created_at) "
                      "SELECT id, 'unmatched', amount, currency, NOW(6) FROM payment_events WHERE out_trade_no = '{plain}' AND kind = 'SUCCEEDED'",
    "suspense resolved by somebody else": "UPDATE suspense_entries SET actor = 'cli:mallory' WHERE resolution = 'another shop''s'",
    "suspense opened again": "UPDATE suspense_entries SET resolved_at = NULL, resolution = NULL, actor = NULL WHERE resolution = 'another shop''s'",
    "who asked for a confirmation": "UPDATE confirmations SET requested_by = 'operator:1' WHERE status = 'REJECTED'",
    "a refused confirmation approved": "UPDATE confirmations SET status = 'APPROVED' WHERE status = 'REJECTED'",
    "a confirmation moved": "UPDATE confirmations SET " + payment("plain").replace("MAX", "MIN") + " WHERE status = 'REJECTED'",
    "a word for a payment with another key": "UPDATE confirmations SET request_key = 'another' WHERE status = 'OPEN'",
    "a confirmation added": "INSERT INTO confirmations (payment_id, provider_answer, reason, status, needs_second, requested_by, decided_by, request_key, created_at, decided_at) "
                            "SELECT id, 'x', 'x', 'APPROVED', 0, 'operator:1', 'operator:1', 'k', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{pending}'",
    "a number of the provider in a word that waits": "UPDATE confirmations SET provider_txn_id = 'T2' WHERE status = 'OPEN'",
    "a number of the provider taken out of a word that waits": "UPDATE confirmations SET provider_txn_id = NULL WHERE status = 'OPEN'",
    "when an order was paid": "UPDATE coin_orders SET paid_at = paid_at + INTERVAL 1 SECOND WHERE order_no = '{order}'",
    "an open payment that has been paid at some time": "UPDATE payments SET succeeded_at = NOW(6) WHERE out_trade_no = '{pending}'",
    "a refund without its key": "UPDATE refunds SET request_key = NULL WHERE out_request_no = '{refunded}_R1'",
    "a refund of the console with a key": "UPDATE refunds SET request_key = 'x' WHERE " + payment("foreign"),
    "a request for another user": "UPDATE operator_requests SET user_id = (SELECT user_id FROM wallets WHERE id = {wallet}) WHERE id = {deed_open}",
    "a request that was turned round": "UPDATE operator_requests SET deed = 'DEDUCT' WHERE id = {deed_open}",
    "a request by another person": "UPDATE operator_requests SET requested_by = 'operator:1' WHERE id = {deed_open}",
    "a request that never ends": "UPDATE operator_requests SET expires_at = expires_at + INTERVAL 1 YEAR WHERE id = {deed_open}",
    "a request with another key": "UPDATE operator_requests SET request_key = 'another' WHERE id = {deed_done}",
    "a request approved by nobody": "UPDATE operator_requests SET status = 'APPROVED', decided_by = 'operator:1', decided_at = NOW(6) WHERE id = {deed_open}",
    "a refused request open again": "UPDATE operator_requests SET status = 'OPEN', decided_by = NULL, decided_at = NULL WHERE id = {deed_refused}",
    "a request that ended too early": "UPDATE operator_requests SET status = 'EXPIRED', decided_at = NOW(6) WHERE id = {deed_open}",
    "a refund's request of another amount": "UPDATE operator_requests SET amount = amount + 1 WHERE id = {deed_refund}",
    "a refund's request in another currency": "UPDATE operator_requests SET currency = 'EUR' WHERE id = {deed_refund}",
    "a refund's request by another rule": "UPDATE operator_requests SET coin_rule = 'take-back' WHERE id = {deed_refund}",
    "what one person did on a day": "UPDATE operator_days SET coins = coins - 1 WHERE person LIKE 'operator:%'",
    "who did it on a day": "DELETE FROM operator_days WHERE person LIKE 'operator:%'",
    "a transition added": "INSERT INTO order_transitions (order_id, from_status, to_status, actor, cause, created_at, sequence) "
                          "SELECT id, status, status, 'x', 'x', NOW(6), history_count + 1 FROM coin_orders WHERE order_no = '{order}'",
    "a transition by another event": "UPDATE order_transitions SET event_id = (SELECT id FROM payment_events WHERE out_trade_no = '{plain}') "
                                     "WHERE to_status = 'PAID' AND order_id = " + order_id("order"),
    "an action in the middle removed": "DELETE FROM operator_actions WHERE id = 2",
    "an action by somebody else": "UPDATE operator_actions SET actor = 'cli:mallory' ORDER BY id DESC LIMIT 1",
    "an action moved": "UPDATE operator_actions SET subject = 'user:1' WHERE action = 'GRANT_COINS' LIMIT 1",
}


def test_every_invariant_has_a_way_to_break_it(site):
    report = json.loads(site.coinpay("ledger", "verify", "--json").stdout)
    assert {i["name"] for i in report["invariants"]} == set(BREAKS)


@pytest.mark.parametrize("name", sorted(name for name in BREAKS if BREAKS[name]))
def test_a_broken_invariant_is_found(life, name):
    try:
        life.copy.spoil(BREAKS[name].format(**life.names))
        assert name in life.copy.broken()
    finally:
        life.copy.restore()


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
def test_a_corruption_is_found(life, name):
    try:
        life.copy.spoil(CORRUPTIONS[name].format(**life.names))
        assert life.copy.broken() != []
    finally:
        life.copy.restore()


def test_the_tables_hold_again_and_people_read_it(life):
    assert life.copy.broken() == []
    said = life.copy.run("ledger", "verify", "--progress")
    assert said.returncode == 0 and "the ledger holds" in said.stdout
    assert re.findall(r"(\d+) of \d+: (\w+) holds", said.stderr) == [
        (str(number), name) for number, name in enumerate(re.findall(r"^ok +(\w+):", said.stdout, re.M), 1)]
    try:
        life.copy.spoil(BREAKS["wallet_balance"].format(**life.names))
        said = life.copy.run("ledger", "verify")
        assert said.returncode == 1 and "BROKEN wallet_balance:" in said.stdout and "the ledger is BROKEN" in said.stdout
    finally:
        life.copy.restore()


# What is cut off at the end, with every trace of it in the tables.
CUTS = {
    "the newest action": "DELETE FROM operator_actions ORDER BY id DESC LIMIT 1; DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head",
    "unmatched money with its event": "DELETE FROM suspense_entries ORDER BY id DESC LIMIT 1; "
                                      "DELETE FROM payment_events WHERE provider_txn_id = '{unmatched}'",
    "coins that were taken": "UPDATE wallets w JOIN kept_wallets k ON k.id = w.id SET w.balance = k.balance, w.entry_count = k.entry_count, "
                             "w.head_hash = k.head_hash, w.seal = k.seal; DELETE FROM ledger_entries WHERE id > {newest}; "
                             "DELETE FROM operator_actions ORDER BY id DESC LIMIT 1; DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head",
}


def test_what_is_cut_off_at_the_end_is_missed_by_an_anchor(site, life, tmp_path):
    before = life.copy.run("ledger", "anchor").stdout
    newest = site.value("SELECT MAX(id) FROM ledger_entries")
    # Somebody kept a copy of the tables as they were, and of the seals in them.
    site.sql("CREATE TABLE kept_head AS SELECT * FROM audit_head; CREATE TABLE kept_wallets AS SELECT * FROM wallets")
    site.coinpay("coins", "deduct", life.user.username, "1", "--reason", "test")
    after = life.copy.run("ledger", "anchor").stdout
    anchors = tmp_path / "anchors"
    # Lines of the journal may be text or JSON.
    later = json.dumps({"anchor": after.strip().removeprefix("anchor="), "level": "notice"}, separators=(",", ":"))
    anchors.write_text(f"of the journal: {before}and later\n{later}\n")
    life.copy = Copy(site)
    assert life.copy.broken("--anchors", str(anchors)) == []
    assert life.copy.broken("--since", before.strip()) == []
    try:
        for name, statements in CUTS.items():
            life.copy.spoil(statements.format(newest=newest, **life.names))
            assert life.copy.broken("--anchors", str(anchors)) != [], name
            if name == "coins that were taken":
                assert life.copy.broken() == [] and life.copy.broken("--since", after.strip()) == ["anchors"]
            life.copy.restore()
        life.copy.spoil(entry("REFUND_RETURN", "x", "sales").format(**life.names))
        assert "refund_entry_has_refund" in life.copy.broken("--since", after.strip())
    finally:
        life.copy.restore()
        site.sql("DROP TABLE kept_head, kept_wallets")
    forged = life.copy.run("ledger", "verify", "--since", after.strip()[:-1] + "0")
    assert forged.returncode == 64 or after.strip().endswith("0")


def test_anchors_from_before_a_restore_do_not_count(site, life, tmp_path):
    files = {name: tmp_path / name for name in ("anchors", "mark", "missing", "none")}
    options = "--anchors", str(files["anchors"]), "--restored"
    early = life.copy.run("ledger", "anchor").stdout
    site.sql("CREATE TABLE kept_head AS SELECT * FROM audit_head")
    site.coinpay("package", "create", "5", "--zh", "五", "--en", "Five", "--price", "USD:0.99")
    late = life.copy.run("ledger", "anchor").stdout
    files["anchors"].write_text(early + late)
    files["none"].write_text("nothing\n")
    life.copy = Copy(site)
    try:
        # As the tables of a backup are.
        life.copy.spoil(CUTS["the newest action"])
        mark = life.copy.run("ledger", "anchor").stdout.strip()
        assert life.copy.broken() == []
        for text, broken in ((mark, []), (early, ["anchors"]), (late, ["anchors"]), (mark[:-4] + "0000", ["anchors"]), ("", ["anchors"])):
            files["mark"].write_text(text)
            assert life.copy.broken(*options, str(files["mark"])) == broken, text
        assert life.copy.broken(*options, str(files["missing"])) == ["anchors"]
        # No other anchor is needed, and what the mark saw must be there.
        nothing = "--anchors", str(files["none"]), "--restored"
        for text, broken in ((mark, []), (late, ["anchors"])):
            files["mark"].write_text(text)
            assert life.copy.broken(*nothing, str(files["mark"])) == broken, text
        said = life.copy.run("ledger", "verify", *nothing, str(files["missing"]))
        assert said.returncode == 0 and "there is no anchor in what was given" in said.stderr and "the ledger holds" in said.stdout
        assert life.copy.run("ledger", "verify", *nothing[:2]).returncode == 64
    finally:
        life.copy.restore()
        site.sql("DROP TABLE kept_head")


def test_the_service_writes_anchors_down(site, life):
    assert "the books reach as far as this anchor" in site.worker_log() and "anchor=v1:" in site.worker_log()


def test_the_worker_can_delete_no_money(site, life):
    grants = [row[0] for row in site.sql("SHOW GRANTS FOR coinpay_worker@localhost")]
    for table in ("wallets", "refunds", "disputes", "payment_events", "payments", "coin_orders", "suspense_entries", "confirmations"):
        assert not any(f"`{table}`" in line and "DELETE" in line for line in grants), table
