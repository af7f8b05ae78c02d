"""A clock that was 26 hours ahead is set right, and one that is right jumps ahead: nothing waits, nothing is lost."""

import pytest

from support.shifted_clock import clock_ahead
from support.stack import Stack, wait_for
from support.stripe_fake import StripeFake
from support.stripe_site import TWO_SECRETS, Shop

AHEAD = 26 * 3600
AT_ONCE_SECONDS = 60


@pytest.fixture
def shop():
    with StripeFake() as stripe:
        settings = {**TWO_SECRETS, "STRIPE_API_URL": stripe.url, "STRIPE_CHECKOUT": "elements"}
        with Stack("clock", **settings) as site:
            yield Shop(site, stripe, site.new_user())
            site.assert_ledger_holds()


def stored(shop, order):
    return shop.site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")


def check(user, order):
    return user.data(user.post(f"/api/coin/order/{order['order_no']}/check"))["status"]


def hours_ahead(shop, column, table, condition):
    return int(shop.site.value(f"SELECT TIMESTAMPDIFF(HOUR, UTC_TIMESTAMP(), MAX({column})) FROM {table} WHERE {condition}"))


def test_what_was_begun_by_a_clock_that_was_ahead_goes_on_at_once_when_it_is_right(shop):
    site = shop.site
    with clock_ahead(site, AHEAD):
        shop.user = site.new_user()
        back = shop.order()
        shop.pay(back)
        shop.flush(seconds_ago=-AHEAD)
        wait_for(lambda: stored(shop, back) == "PAID")
        watched, forgotten, told = shop.order(), shop.order(), shop.order()
        site.coinpay("stop-payments", "--reason", "the clock is wrong")
        shop.pay(told)
        shop.flush(seconds_ago=-AHEAD)
        for order in (watched, forgotten):
            shop.pay(order)
        shop.fake.hooks.drop()
        assert hours_ahead(shop, "next_query_at", "payments", "status = 'PENDING'") >= 25
        assert hours_ahead(shop, "next_attempt_at", "payment_events", "state = 'PENDING'") >= 25
    site.coinpay("resume", "--reason", "the clock is right")
    wait_for(lambda: check(shop.user, watched) == "PAID", AT_ONCE_SECONDS)
    wait_for(lambda: stored(shop, told) == "PAID", AT_ONCE_SECONDS)
    wait_for(lambda: stored(shop, forgotten) == "PAID", AT_ONCE_SECONDS)
    site.coinpay("refund", back["order_no"], "--reason", "wish of the buyer")
    wait_for(lambda: stored(shop, back) == "REFUNDED", AT_ONCE_SECONDS)
    assert shop.coins() == 300


def test_an_order_that_nobody_pays_is_not_asked_about_without_end(shop):
    with clock_ahead(shop.site, AHEAD):
        order = shop.order()
    number = order["order_no"]
    questions = lambda: int(shop.site.value(f"SELECT queries FROM payments WHERE out_trade_no LIKE '{number}%'"))
    wait_for(lambda: questions() >= 1, AT_ONCE_SECONDS)
    due = f"next_query_at BETWEEN UTC_TIMESTAMP() AND UTC_TIMESTAMP() + INTERVAL 1 HOUR AND out_trade_no LIKE '{number}%'"
    wait_for(lambda: shop.site.value(f"SELECT COUNT(*) FROM payments WHERE {due}") == "1", AT_ONCE_SECONDS)
    before = questions()
    assert check(shop.user, order) == "PENDING"
    assert questions() <= before + 1
    shop.pay(order)
    wait_for(lambda: check(shop.user, order) == "PAID", AT_ONCE_SECONDS)


def test_a_clock_that_jumps_ahead_and_back_loses_nothing_that_was_paid(shop):
    paid, unpaid = shop.order(), shop.order()
    shop.pay(paid)
    shop.fake.hooks.drop()
    with clock_ahead(shop.site, AHEAD):
        wait_for(lambda: stored(shop, paid) == "PAID", AT_ONCE_SECONDS)
        wait_for(lambda: stored(shop, unpaid) == "EXPIRED", AT_ONCE_SECONDS)
    # Who signed in before is still known, and buys on.
    again = shop.order()
    shop.pay(again)
    wait_for(lambda: check(shop.user, again) == "PAID", AT_ONCE_SECONDS)
    assert shop.coins() == 200
