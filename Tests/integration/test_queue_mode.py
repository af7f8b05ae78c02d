"""COINPAY_WEBHOOK_MODE=queue: stored and acknowledged first, settled a moment later, once."""

import concurrent.futures
import statistics
import time

import pytest

from support.stack import Stack, wait_for
from support.stripe_fixtures import SETTINGS, deliver, event, intent
from support.stripe_server import StripeServer

ORDERS = 40
COPIES = 4


@pytest.fixture(scope="module")
def shop():
    with StripeServer() as server:
        with Stack("queue", COINPAY_WEBHOOK_MODE="queue", STRIPE_API_URL=server.url, **SETTINGS) as stack:
            yield stack


def paid_later(shop, user):
    order = user.order(method="STRIPE")
    number = order["order_no"]
    return number, shop.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{number}'")


def test_coins_arrive_a_moment_after_the_acknowledgement(shop):
    user, waits = shop.new_user(), []
    for count in range(1, 11):
        number, pi = paid_later(shop, user)
        start = time.monotonic()
        assert deliver(shop.base, event(intent(pi, 149))).status_code == 200
        while user.status(number)["status"] != "PAID":
            assert time.monotonic() - start < 10
        waits.append(time.monotonic() - start)
    print(f"median from notification to coins: {statistics.median(waits) * 1000:.0f} ms")
    shop.assert_ledger_holds()


def test_a_rush_of_copies_credits_each_order_once(shop):
    user = shop.new_user()
    orders = [paid_later(shop, user) for _ in range(ORDERS)]
    notices = [event(intent(pi, 149)) for _, pi in orders] * COPIES
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda notice: deliver(shop.base, notice), notices))
    assert {a.status_code for a in answers} == {200}
    wait_for(lambda: user.balance() == 100 * ORDERS)
    assert shop.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PENDING'") == "0"
    shop.assert_ledger_holds()


def test_what_was_acknowledged_survives_the_workers_death(shop):
    user = shop.new_user()
    orders = [paid_later(shop, user) for _ in range(10)]
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda order: deliver(shop.base, event(intent(order[1], 149))), orders))
    shop.kill_worker()
    assert {a.status_code for a in answers} == {200}
    shop.start_worker()
    shop.wait_ready()
    wait_for(lambda: user.balance() == 1000)
    shop.assert_ledger_holds()


def test_a_queue_of_events_is_settled_when_the_worker_starts(shop):
    """Events that are due are settled in groups, however many wait."""
    user = shop.new_user()
    orders = [paid_later(shop, user) for _ in range(150)]
    shop.sql("UPDATE payment_events SET next_attempt_at = next_attempt_at")
    for _, pi in orders:
        assert deliver(shop.base, event(intent(pi, 149))).status_code == 200
    wait_for(lambda: user.balance() == 15_000)
    shop.assert_ledger_holds()
