"""Old orders that were never paid are removed, in small steps, beside a site that goes on selling."""

import json
import os
import random
import re
import signal
import statistics
import subprocess
import threading
import time

import pytest

from support.stack import Stack, wait_for

# As many as show that batches follow each other, few enough for every change.
OLD_ORDERS = int(os.environ.get("PURGE_ORDERS", "3000"))
WHOLE = {
    "payments": "SELECT COUNT(*) FROM payments p LEFT JOIN coin_orders o ON o.id = p.order_id WHERE o.id IS NULL",
    "orders": "SELECT COUNT(*) FROM coin_orders o LEFT JOIN payments p ON p.order_id = o.id WHERE p.id IS NULL",
    "transitions": "SELECT COUNT(*) FROM (SELECT o.id FROM coin_orders o LEFT JOIN order_transitions t ON t.order_id = o.id "
                   "WHERE o.order_no LIKE 'COIN_2025%' GROUP BY o.id HAVING COUNT(t.id) <> 4) x",
}


@pytest.fixture(scope="module")
def shop():
    with Stack("purge", COINPAY_DEV_MARIADB_OPTIONS="--plugin-load-add=ha_sequence") as stack:
        yield stack


@pytest.fixture(scope="module")
def keeper(shop):
    """The settings of the account that may delete history."""
    grants = shop.coinpay("grants", "coinpay_keeper@localhost", "--keeper").stdout
    shop.sql("CREATE USER coinpay_keeper@localhost IDENTIFIED BY 'keeper'; " + grants)
    settings = dict(re.findall(r"export (\w+)='(.*)'", shop.dev("env").stdout))
    return {**os.environ, **settings, "COINPAY_DB_USER": "coinpay_keeper", "COINPAY_DB_PASSWORD": "keeper"}


def command(shop, *options):
    return [os.readlink(f"/proc/{shop.pid('worker')}/exe"), "purge", *options]


def purge(shop, keeper, *options):
    result = subprocess.run(command(shop, "--json", *options), env=keeper, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def make_old(shop, count, prefix):
    """Orders of a user that were left alone and closed, over for more than a year."""
    user = shop.new_user()
    user_id = user.data(user.get("/api/auth/me"))["user_id"]
    over = "'2025-01-01 00:00:00'"
    shop.sql(f"""
INSERT INTO coin_orders (order_no, user_id, package_id, coins, bonus_coins, amount, currency, payment_method, status,
  created_at, expires_at, updated_at) SELECT CONCAT('COIN_2025{prefix}_', LPAD(seq, 8, '0')), {user_id}, 1, 100, 0, 990, 'CNY',
  'MOCK', 'EXPIRED', {over}, {over}, {over} FROM seq_1_to_{count};
INSERT INTO payments (order_id, attempt, provider, merchant_account, live_mode, out_trade_no, amount, currency, status,
  created_at, updated_at) SELECT id, 1, 'MOCK', '', 0, order_no, 990, 'CNY', 'CLOSED', {over}, {over} FROM coin_orders
  WHERE order_no LIKE 'COIN_2025{prefix}%';
INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account, live_mode, occurred_at,
  received_at, payment_id, state, outcome, settled_at) SELECT provider, CONCAT('closed:', out_trade_no), 'QUERY', 'CLOSED',
  out_trade_no, '', 0, {over}, {over}, id, 'SETTLED', 'CLOSED', {over} FROM payments WHERE out_trade_no LIKE 'COIN_2025{prefix}%';
INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause, event_id, created_at)
  SELECT o.id, IF(k.seq > 2, p.id, NULL), IF(k.seq IN (2, 4), 'PENDING', NULL), ELT(k.seq, 'PENDING', 'EXPIRED', 'PENDING',
  'CLOSED'), 'system', 'x', IF(k.seq = 4, e.id, NULL), {over} FROM coin_orders o JOIN payments p ON p.order_id = o.id
  JOIN payment_events e ON e.payment_id = p.id JOIN seq_1_to_4 k
  WHERE o.order_no LIKE 'COIN_2025{prefix}%' ORDER BY o.id, k.seq""")
    return user


def left(shop):
    return int(shop.value("SELECT COUNT(*) FROM coin_orders WHERE order_no LIKE 'COIN_2025%'"))


def age(shop, number):
    shop.sql("UPDATE coin_orders SET created_at = '2025-01-01', expires_at = '2025-01-01', updated_at = '2025-01-01', "
             f"paid_at = IF(paid_at IS NULL, NULL, '2025-01-01') WHERE order_no = '{number}'")


def test_the_worker_may_not_purge_and_days_are_bounded(shop):
    make_old(shop, 1, "0101")
    result = shop.coinpay("purge", check=False)
    assert result.returncode == 1 and "denied" in result.stderr and left(shop) == 1
    assert shop.coinpay("purge", "--days", "0", check=False).returncode == 64
    shop.environment["COINPAY_PURGE_DAYS"] = "never"
    assert shop.coinpay("purge", check=False).returncode == 78
    del shop.environment["COINPAY_PURGE_DAYS"]


def test_only_what_was_never_paid_goes(shop, keeper):
    user = shop.new_user()
    numbers = {}
    for name in ["paid", "paid late", "cancelled", "failed", "left", "young"]:
        order = user.order()
        numbers[name] = order["order_no"]
        if name in ("cancelled", "paid late"):
            user.post(f"/api/coin/order/{order['order_no']}/cancel")
        if name == "failed":
            user.post(f"/api/payment/mock/failure/{order['mock_payment_id']}")
        if name == "paid":
            user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    # Money for an order that was given up: its coins were credited.
    late = numbers["paid late"]
    wait_for(lambda: shop.value(f"SELECT status FROM payments WHERE out_trade_no = '{late}'") == "CLOSED")
    shop.sql("INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account, live_mode, amount, "
             f"currency, occurred_at, received_at, state, next_attempt_at) VALUES ('MOCK', 'late:{late}', 'MOCK', 'SUCCEEDED', "
             f"'{late}', (SELECT merchant_account FROM payments WHERE out_trade_no = '{late}'), 0, 990, 'CNY', NOW(6), NOW(6), "
             "'PENDING', NOW(6))")
    wait_for(lambda: user.status(late)["status"] == "PAID")
    for name, number in numbers.items():
        if name != "young":
            age(shop, number)
    # An order that was left is expired, asked about and closed by the caretaker before it is purged.
    wait_for(lambda: shop.value(f"SELECT status FROM coin_orders WHERE order_no = '{numbers['left']}'") == "EXPIRED")
    shop.sql(f"UPDATE coin_orders SET updated_at = '2025-01-01' WHERE order_no = '{numbers['left']}'")
    wait_for(lambda: shop.value(f"SELECT status FROM payments WHERE out_trade_no = '{numbers['left']}'") == "CLOSED")
    planned = purge(shop, keeper, "--dry-run")
    assert user.status(numbers["cancelled"])["status"] == "CANCELLED"
    done = purge(shop, keeper)
    assert planned["orders"] == done["orders"] >= 3 and planned["dry_run"] and not done["dry_run"]
    states = {name: user.get(f"/api/coin/order/status/{number}").status_code for name, number in numbers.items()}
    assert states == {"paid": 200, "paid late": 200, "young": 200, "cancelled": 404, "failed": 404, "left": 404}
    assert user.balance() == 200
    assert "PURGE_ORDERS" in shop.coinpay("audit", "--count", "5").stdout
    shop.assert_ledger_holds(without_seals=True)


def test_sessions_that_are_over_go_with_it(shop, keeper):
    user, gone = shop.new_user(), shop.new_user()
    shop.sql("UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.expires_at = NOW(6) - INTERVAL 1 SECOND "
             f"WHERE u.username = '{gone.username}'")
    assert purge(shop, keeper, "--dry-run")["sessions"] == 1
    assert purge(shop, keeper)["sessions"] == 1
    assert user.get("/api/auth/me").status_code == 200
    assert shop.value("SELECT COUNT(*) FROM sessions WHERE expires_at < NOW(6)") == "0"


def order_times(shop, stop, times, failures):
    user = shop.new_user()
    while not stop.is_set():
        start = time.monotonic()
        answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "MOCK"})
        times.append(time.monotonic() - start)
        if answer.status_code != 200:
            failures.append(answer.text)


def measured(shop, work):
    """How long orders take that are made while `work` runs."""
    stop, times, failures = threading.Event(), [], []
    threads = [threading.Thread(target=order_times, args=(shop, stop, times, failures)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        work()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    return sorted(times)


def test_orders_are_made_as_quickly_while_a_purge_runs(shop, keeper):
    make_old(shop, OLD_ORDERS, "0202")
    waits = shop.value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_WAITS'")
    start = time.monotonic()
    during = measured(shop, lambda: purge(shop, keeper))
    seconds = time.monotonic() - start
    waited = int(shop.value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = "
                            "'INNODB_ROW_LOCK_WAITS'")) - int(waits)
    before = measured(shop, lambda: time.sleep(min(seconds, 10)))
    figures = [f"{statistics.median(t) * 1000:.0f}/{t[int(len(t) * 0.99)] * 1000:.0f}/{t[-1] * 1000:.0f} ms" for t in (before, during)]
    print(f"purged {OLD_ORDERS} orders in {seconds:.1f} s; an order took {figures[0]} (median/p99/max) without, "
          f"{figures[1]} with it; {waited} waits for row locks")
    assert left(shop) == 0
    assert waited == 0
    assert statistics.median(during) < statistics.median(before) * 3 + 0.05
    shop.assert_ledger_holds(without_seals=True)


def test_a_purge_that_is_killed_leaves_whole_orders_and_goes_on(shop, keeper):
    buyer = make_old(shop, 1500, "0303")
    paid = buyer.order()
    buyer.post(f"/api/payment/mock/success/{paid['mock_payment_id']}")
    age(shop, paid["order_no"])
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, counts = random.Random(seed), [left(shop)]
    for _ in range(6):
        process = subprocess.Popen(command(shop), env=keeper, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(chance.uniform(0.05, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        counts.append(left(shop))
        for name, query in WHOLE.items():
            assert shop.value(query) == "0", name
        shop.assert_ledger_holds(without_seals=True)
        assert buyer.status(paid["order_no"])["status"] == "PAID"
    assert counts == sorted(counts, reverse=True)
    assert purge(shop, keeper)["orders"] == counts[-1]
    assert left(shop) == 0 and buyer.balance() == 100
    recorded = shop.value("SELECT SUM(CAST(SUBSTRING_INDEX(details, ' ', 1) AS SIGNED)) FROM operator_actions "
                          "WHERE action = 'PURGE_ORDERS' AND subject LIKE 'COIN_20250303%'")
    assert recorded == "1500"
    shop.assert_ledger_holds(without_seals=True)
