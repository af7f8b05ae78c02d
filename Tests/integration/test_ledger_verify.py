"""`coinpay ledger verify` finds each broken invariant."""

import pytest

from support.stack import wait_for
from support.stripe_fixtures import deliver, event, intent


@pytest.fixture(scope="module")
def paid(site):
    """Two paid orders of one user, one of them with a bonus and paid twice."""
    user = site.new_user()
    for package in [1, 2]:
        order = user.order(package=package)
        user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    twice = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{twice['order_no']}'")
    other = user.data(user.post(f"/api/coin/order/{twice['order_no']}/pay", {"payment_method": "MOCK"}))
    user.post(f"/api/payment/mock/success/{other['mock_payment_id']}")
    deliver(site.base, event(intent(pi, 149)))
    refunded = user.order()
    user.post(f"/api/payment/mock/success/{refunded['mock_payment_id']}")
    site.coinpay("refund", refunded["order_no"], "--amount", "1", "--reason", "test")
    wait_for(lambda: user.status(refunded["order_no"])["status"] == "PARTIALLY_REFUNDED")
    site.coinpay("coins", "grant", user.username, "5", "--reason", "test")
    pending = user.order()
    site.assert_ledger_holds()
    return {
        "wallet": site.value(f"SELECT w.id FROM wallets w JOIN users u ON u.id = w.user_id WHERE u.username = '{user.username}'"),
        "order": order["order_no"], "twice": twice["order_no"], "pending": pending["order_no"], "pi": pi,
        "refunded": refunded["order_no"],
    }


BREAKS = {
    "wallet_balance": "UPDATE wallets SET balance = balance + 1 WHERE id = {wallet}",
    "entry_sides": "UPDATE ledger_entries SET debit_account = 'wallet:999999' WHERE wallet_id = {wallet} AND sequence = 1",
    "user_has_wallet": "INSERT INTO users (username, created_at, updated_at) VALUES ('no-wallet', NOW(6), NOW(6))",
    "chain_sequence": "UPDATE ledger_entries SET sequence = 77 WHERE wallet_id = {wallet} AND sequence = 1",
    "chain_balance": "UPDATE ledger_entries SET balance_after = balance_after + 5 WHERE wallet_id = {wallet} AND sequence = 2",
    "chain_link": "UPDATE ledger_entries SET previous_hash = UNHEX(REPEAT('ab', 32)) WHERE wallet_id = {wallet} AND sequence = 2",
    "chain_hash": "UPDATE ledger_entries SET created_at = created_at + INTERVAL 1 MICROSECOND WHERE wallet_id = {wallet} AND sequence = 1",
    "chain_head": "UPDATE wallets SET head_hash = UNHEX(REPEAT('cd', 32)) WHERE id = {wallet}",
    "order_credited_once": "DELETE FROM ledger_entries WHERE kind = 'PURCHASE' AND reference = '{order}'",
    "order_bonus_once": "DELETE FROM ledger_entries WHERE kind = 'BONUS' AND reference = '{order}'",
    "entry_has_paid_order": "UPDATE coin_orders SET status = 'PENDING', paid_at = NULL WHERE order_no = '{order}'",
    "order_paid_by_one": "UPDATE coin_orders SET amount = amount + 1 WHERE order_no = '{order}'",
    "order_history_complete": "UPDATE coin_orders SET status = 'CANCELLED' WHERE order_no = '{pending}'",
    "payment_history_complete": "UPDATE payments SET status = 'CLOSED' WHERE out_trade_no = '{pending}'",
    "history_unbroken": "UPDATE order_transitions SET from_status = 'EXPIRED' WHERE to_status = 'PAID' AND order_id = (SELECT id FROM coin_orders WHERE order_no = '{order}')",
    "history_chained": "INSERT INTO order_transitions (order_id, from_status, to_status, actor, cause, created_at) SELECT id, status, status, 'x', 'x', NOW(6) + INTERVAL 2 DAY FROM coin_orders WHERE order_no = '{order}'",
    "history_sequence": "UPDATE coin_orders SET history_count = history_count + 1 WHERE order_no = '{order}'",
    "history_link": "UPDATE order_transitions SET previous_hash = UNHEX(REPEAT('ab', 32)) WHERE sequence = 2 AND order_id = (SELECT id FROM coin_orders WHERE order_no = '{order}')",
    "history_hash": "UPDATE order_transitions SET cause = 'another' WHERE sequence = 1 AND order_id = (SELECT id FROM coin_orders WHERE order_no = '{order}')",
    "history_head": "DELETE FROM order_transitions WHERE order_id = (SELECT id FROM coin_orders WHERE order_no = '{order}') ORDER BY id DESC LIMIT 1",
    "payment_has_proof": "UPDATE payment_events SET amount = amount - 1 WHERE out_trade_no = '{order}'",
    "event_effect": "UPDATE payment_events SET outcome = 'CREDITED' WHERE provider_txn_id = '{pi}'",
    "refunds_within_payment": "UPDATE refunds SET amount = 1000000 WHERE out_request_no = '{refunded}_R1'",
    "refund_coins_taken": "UPDATE refunds SET coins_taken = coins_taken + 1 WHERE out_request_no = '{refunded}_R1'",
    "money_back_within_order": "INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coins_frozen, coin_rule, reason, created_at, updated_at) SELECT id, 'D', 'LOST', 1, currency, 90, 'take-back', 'x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{order}'",
    "dispute_coins_frozen": "INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, coins_frozen, reason, created_at, updated_at) SELECT id, 'D', 'OPENED', 1, currency, 5, 'x', NOW(6), NOW(6) FROM payments WHERE out_trade_no = '{order}'",
    "order_follows_refunds": "UPDATE refunds SET status = 'PENDING' WHERE out_request_no = '{refunded}_R1'",
    "actions_chained": "UPDATE operator_actions SET previous_hash = UNHEX(REPEAT('ab', 32)) ORDER BY id DESC LIMIT 1",
    "action_hash": "UPDATE operator_actions SET reason = 'another' ORDER BY id DESC LIMIT 1",
    "adjustment_has_action": "DELETE FROM operator_actions WHERE action = 'GRANT_COINS'",
    "confirmation_approved": "UPDATE payment_events SET source = 'OPERATOR' WHERE state = 'SETTLED' AND source <> 'OPERATOR' ORDER BY id LIMIT 1",
    "duplicate_is_refunded": "DELETE FROM refunds WHERE payment_id = (SELECT id FROM payments WHERE provider_txn_id = '{pi}')",
}


def test_every_invariant_has_a_way_to_break_it(site):
    import json
    report = json.loads(site.coinpay("ledger", "verify", "--json").stdout)
    assert {i["name"] for i in report["invariants"]} == set(BREAKS)


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_broken_invariant_is_found(site, paid, name):
    dump = site.folder / "before.sql"
    database = site.dev("env").stdout
    socket = next(line for line in database.splitlines() if "DB_SOCKET" in line).split("'")[1]
    import subprocess
    client = ["--no-defaults", f"--socket={socket}", "-u", "root"]
    with dump.open("w") as target:
        subprocess.run(["mariadb-dump", *client, "--single-transaction", "coinpay"], stdout=target, check=True)
    try:
        site.sql("SET SESSION foreign_key_checks = 0; " + BREAKS[name].format(**paid))
        result = site.coinpay("ledger", "verify", check=False)
        assert result.returncode == 1
        assert f"BROKEN {name}:" in result.stdout and "the ledger is BROKEN" in result.stdout
    finally:
        with dump.open() as source:
            subprocess.run(["mariadb", *client, "coinpay"], stdin=source, check=True)
    site.assert_ledger_holds()
