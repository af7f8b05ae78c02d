"""No provider notifies us of anything: every paid order is credited all the same, and soon."""

import time

import pytest

from support.alipay import AlipayServer
from support.any_method import made
from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_site import TWO_SECRETS
from support.wechat import WeChatServer

METHODS = ("ALIPAY", "WECHAT", "STRIPE")
ALIPAY_MODE, WECHAT_MODE = "key", "v3-public-key"
CREDITED_SECONDS = 30
WATCHED_SECONDS = 10


class Shop:
    def __init__(self, site, alipay, wechat, stripe):
        self.site, self.alipay, self.wechat, self.stripe = site, alipay, wechat, stripe
        self.user = site.new_user()

    def order(self, method):
        return made(self.site, self.user, method)

    def pay(self, method, order):
        """The buyer pays; nobody tells us."""
        if method == "ALIPAY":
            self.alipay.pay(ALIPAY_MODE, order["number"])
        elif method == "WECHAT":
            self.wechat.pay(WECHAT_MODE, order["number"])
        else:
            self.stripe.checkout.pay(order["number"], "card")

    def wait_paid(self, order, seconds, look):
        """How long it took until the coins were there."""
        began = time.monotonic()
        while look(order) != "PAID":
            assert time.monotonic() - began < seconds, f"{order['order_no']} was not credited within {seconds} s"
            time.sleep(0.2)
        return time.monotonic() - began

    def stored(self, order):
        return self.site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")

    def watched(self, order):
        return self.user.status(order["order_no"])["status"]


@pytest.fixture(scope="module")
def shop():
    with AlipayServer() as alipay, WeChatServer() as wechat, StripeFake() as stripe:
        settings = {**alipay.settings(ALIPAY_MODE), **wechat.settings(WECHAT_MODE), **TWO_SECRETS,
                    "STRIPE_API_URL": stripe.url, "STRIPE_CHECKOUT": "elements"}
        with Stack("silence", **settings) as site:
            yield Shop(site, alipay, wechat, stripe)
            site.assert_ledger_holds()


def test_what_is_paid_at_once_is_credited_though_nobody_watches(shop):
    orders = {method: shop.order(method) for method in METHODS}
    for method, order in orders.items():
        shop.pay(method, order)
    waits = {method: shop.wait_paid(order, CREDITED_SECONDS, shop.stored) for method, order in orders.items()}
    print("without notifications, nobody watching:", {method: f"{wait:.1f} s" for method, wait in waits.items()})


@pytest.mark.parametrize("method", METHODS)
def test_what_is_paid_late_is_credited_while_its_buyer_watches(shop, method):
    order = shop.order(method)
    # Ten minutes old, and not due to be asked about for long.
    shop.site.sql(
        "UPDATE payments SET created_at = created_at - INTERVAL 10 MINUTE, next_query_at = NOW(6) + INTERVAL 20 MINUTE "
        f"WHERE out_trade_no LIKE '{order['order_no']}%'")
    shop.pay(method, order)
    wait = shop.wait_paid(order, WATCHED_SECONDS, shop.watched)
    print(f"without notifications, watched: {method} {wait:.1f} s")


def test_nothing_but_answers_was_believed(shop):
    assert shop.site.value("SELECT COUNT(*) FROM payment_events WHERE source <> 'QUERY'") == "0"
    assert shop.user.balance() == 600
