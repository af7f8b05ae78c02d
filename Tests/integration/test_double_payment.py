"""The same money reported many times at once is credited once."""

import concurrent.futures
import json
import threading
import time

from support.stripe_fixtures import deliver, event, intent, sign

COPIES = 64
ORDERS = 100


def orders_with_intents(site, count):
    user = site.new_user()
    orders = []
    for _ in range(count):
        order = user.order(method="STRIPE")
        orders.append((order["order_no"], site.value(
            f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")))
    return user, orders


def wait_until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def storm(site, bodies):
    """Delivers all bodies from many threads; gives the statuses."""
    import requests
    local = threading.local()

    def send(body):
        if not hasattr(local, "session"):
            local.session = requests.Session()
        return deliver(site.base, body, sign(body), session=local.session).status_code

    with concurrent.futures.ThreadPoolExecutor(COPIES) as pool:
        return list(pool.map(send, bodies))


def test_64_copies_of_the_notification_of_each_of_100_orders(site):
    user, orders = orders_with_intents(site, ORDERS)
    bodies = [json.dumps(event(intent(pi, 149))) for _, pi in orders]
    statuses = storm(site, [body for body in bodies for _ in range(COPIES)])
    assert len(statuses) == ORDERS * COPIES and set(statuses) == {200}
    assert user.balance() == ORDERS * 100
    # What the worker itself asked meanwhile are other events of the same payments.
    events = site.sql("SELECT source, outcome, COUNT(*) FROM payment_events WHERE provider_txn_id IN ("
                      + ",".join(f"'{pi}'" for _, pi in orders) + ") GROUP BY source, outcome")
    assert [row for row in events if row[0] == "NOTIFICATION" or row[1] == "CREDITED"] == [
        ["NOTIFICATION", "CREDITED", str(ORDERS)]], events
    site.assert_ledger_holds()


def test_notifications_that_wait_together_share_commits(site):
    user, orders = orders_with_intents(site, COPIES)

    def commits():
        return int(site.sql("SHOW GLOBAL STATUS LIKE 'Com_commit'")[0][1])

    # The wallet is held for a while, so that the settlers wait and the notifications gather.
    hold = threading.Thread(target=site.sql, args=(
        "START TRANSACTION; SELECT w.id FROM wallets w JOIN users u ON u.id = w.user_id WHERE u.username = "
        f"'{user.username}' FOR UPDATE; DO SLEEP(2); COMMIT",))
    hold.start()
    wait_until(lambda: site.value("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'") == "1")
    before = commits()
    assert set(storm(site, [json.dumps(event(intent(pi, 149))) for _, pi in orders])) == {200}
    hold.join()
    # Far from one each: the first ones alone, the rest in groups, and the holder's own. How large the groups are is the
    # machine's affair.
    assert commits() - before < COPIES / 2
    assert user.balance() == COPIES * 100
    site.assert_ledger_holds()


def test_64_different_success_events_of_one_order(site):
    user, [(number, pi)] = orders_with_intents(site, 1)
    statuses = storm(site, [json.dumps(event(intent(pi, 149))) for _ in range(COPIES)])
    assert set(statuses) == {200}
    assert user.balance() == 100 and user.status(number)["status"] == "PAID"
    outcomes = site.sql("SELECT outcome, COUNT(*) FROM payment_events WHERE provider_txn_id = "
                        f"'{pi}' GROUP BY outcome ORDER BY outcome")
    assert outcomes == [["CREDITED", "1"], ["IGNORED", str(COPIES - 1)]]
    site.assert_ledger_holds()


def test_a_bad_event_in_a_group_holds_up_no_other(site):
    user, orders = orders_with_intents(site, 20)
    site.sql("DELETE FROM wallets WHERE user_id = (SELECT id FROM users WHERE username = 'admin')")
    try:
        admin = site.client("admin", "admin-password")
        broken = admin.order(method="STRIPE")
        broken_pi = site.value(
            f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{broken['order_no']}'")
        bodies = [json.dumps(event(intent(pi, 149))) for pi in [pi for _, pi in orders] + [broken_pi]]
        assert set(storm(site, bodies)) == {200}
        assert user.balance() == 20 * 100
        assert site.value(f"SELECT state FROM payment_events WHERE provider_txn_id = '{broken_pi}'") == "PENDING"
    finally:
        site.sql("INSERT INTO wallets (user_id, head_hash, updated_at) SELECT id, UNHEX(REPEAT('00', 32)), "
                 "UTC_TIMESTAMP(6) FROM users WHERE username = 'admin'")
    # Mended: the queue settles it by itself.
    end = time.monotonic() + 30
    while admin.status(broken["order_no"])["status"] != "PAID":
        assert time.monotonic() < end, "the queue did not settle the event"
        time.sleep(0.2)
    site.assert_ledger_holds()
