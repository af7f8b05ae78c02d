"""An account is replaced in the settings while payments are open there: they are asked about at their own account only."""

import json
import re
import time

import pytest
import requests

from support.alipay import AlipayServer
from support.any_method import made
from support.stack import Stack, wait_for
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS
from support.wechat import WeChatServer

METHODS = ("ALIPAY", "WECHAT", "STRIPE")
LEFT = "payments of an account that is not configured are open"
LOOKED_AT = "data-looked-at>"


class Shop:
    """One site, and the providers with two accounts each."""

    def __init__(self, alipay, wechat, version, stripe, other_stripe):
        self.alipay, self.wechat, self.stripe = alipay, wechat, stripe
        self.modes = {"v2": ("v2", "v2-md5"), "v3": ("v3-public-key", "v3-platform")}[version]
        self.settings = {
            "ALIPAY": (alipay.settings("key"), alipay.settings("cert")),
            "WECHAT": tuple(wechat.settings(mode) for mode in self.modes),
            "STRIPE": (
                {**SETTINGS, "STRIPE_API_URL": stripe.url},
                {**SETTINGS, "STRIPE_SECRET_KEY": other_stripe.secret_key, "STRIPE_API_URL": other_stripe.url,
                 "STRIPE_WEBHOOK_SECRET": "whsec_test_other"})}
        self.site = Stack(f"left-{version}", **{k: v for one, _ in self.settings.values() for k, v in one.items()})

    def use(self, method, place, **changes):
        """Restarts the worker with the first or second account of a method; what it logs from now on."""
        self.set(method, place, **changes)
        return self.restart()

    def set(self, method, place, **changes):
        for one in self.settings[method]:
            for name in one:
                self.site.environment.pop(name, None)
        self.site.environment |= {k: str(v) for k, v in {**self.settings[method][place], **changes}.items()}

    def restart(self):
        read = len(self.site.worker_log())
        self.site.start_worker()
        self.site.wait_ready()
        return lambda: self.site.worker_log()[read:]

    def order(self, user, method):
        return made(self.site, user, method)

    def pay(self, method, order):
        if method == "ALIPAY":
            self.alipay.pay("key", order["number"])
        elif method == "WECHAT":
            self.wechat.pay(self.modes[0], order["number"])
        else:
            self.stripe.checkout.pay(order["number"], "card")

    def over(self, order):
        """Long over, and due to be asked about."""
        self.site.sql(
            f"UPDATE coin_orders SET expires_at = NOW(6) - INTERVAL 3 HOUR WHERE order_no = '{order['order_no']}'")
        self.site.sql(
            "UPDATE payments SET created_at = created_at - INTERVAL 4 HOUR "
            f"WHERE out_trade_no = '{order['order_no']}'")
        self.due(order)

    def due(self, order):
        self.site.sql(f"UPDATE payments SET next_query_at = NOW(6) WHERE out_trade_no = '{order['order_no']}'")

    def payment(self, order):
        return self.site.sql(
            f"SELECT status, queries FROM payments WHERE out_trade_no = '{order['order_no']}'")[0]

    def findings(self):
        report = json.loads(self.site.coinpay("doctor", "--json", check=False).stdout)
        return [f for f in report["findings"] if (f["area"], f["name"]) == ("work", "accounts")]


@pytest.fixture(scope="module", params=["v2", "v3"])
def shop(request):
    with AlipayServer() as alipay, WeChatServer() as wechat, StripeFake() as stripe, \
            StripeFake("sk_test_other", account="acct_other") as other:
        shop = Shop(alipay, wechat, request.param, stripe, other)
        with shop.site as site:
            yield shop
            site.assert_ledger_holds()


@pytest.fixture(autouse=True)
def first_accounts(shop):
    yield
    shop.stripe.behave()
    shop.stripe.secret_key = SETTINGS["STRIPE_SECRET_KEY"]
    for method in METHODS:
        shop.set(method, 0)
    shop.restart()


def gauge(site):
    text = requests.get(site.base + "/metrics", timeout=10).text
    return float(re.search(r'^coinpay_open_work\{kind="left_accounts"\} (\S+)$', text, re.M)[1])


def english(user, order):
    return user.get(f"/coin/pay/{order['order_no']}", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("method", METHODS)
def test_an_open_payment_waits_until_its_own_account_is_back(shop, method):
    if method != "WECHAT" and shop.modes[0] != "v2":
        pytest.skip("the same for both versions")
    user = shop.site.new_user()
    paid, unpaid, waiting = (shop.order(user, method) for _ in range(3))
    shop.pay(method, paid)
    log = shop.use(method, 1)
    wait_for(lambda: any(LEFT in line and method in line for line in log().splitlines()))
    line = next(line for line in log().splitlines() if LEFT in line and method in line)
    assert "payments=3" in line and "refunds=0" in line, line
    for order in (paid, unpaid):
        shop.over(order)
    wait_for(lambda: user.status(paid["order_no"])["status"] == "EXPIRED")
    before = {o["order_no"]: shop.payment(o) for o in (paid, unpaid)}
    # Everything that could reach a provider.
    user.post(f"/coin/pay/{paid['order_no']}", None)
    shop.site.coinpay("order", "resettle", paid["order_no"], "--reason", "is it paid", check=False)
    user.post(f"/api/coin/order/{waiting['order_no']}/cancel")
    for order in (paid, unpaid, waiting):
        shop.due(order)
    time.sleep(4)
    for order in (paid, unpaid):
        assert shop.payment(order)[0] == before[order["order_no"]][0] in ("STARTING", "PENDING")
    assert shop.payment(waiting)[0] in ("STARTING", "PENDING")
    finding, = (f for f in shop.findings() if method in f["text"])
    assert finding["level"] == "failure" and "3 payments" in finding["text"] and "confirm" in finding["action"]
    assert gauge(shop.site) >= 3
    assert LOOKED_AT in english(user, paid) and "人工核对" in user.get(f"/coin/pay/{paid['order_no']}").text
    # Other business goes on, at the new account.
    assert user.order(method=method)["order_no"]
    shop.use(method, 0)
    for order in (paid, unpaid, waiting):
        shop.due(order)
    wait_for(lambda: user.status(paid["order_no"])["status"] == "PAID")
    wait_for(lambda: shop.payment(unpaid)[0] == "CLOSED")
    assert LOOKED_AT not in english(user, paid) and user.balance() == 100


@pytest.mark.parametrize("method", METHODS)
def test_a_refund_at_an_account_that_is_gone_is_refused_before_coins_are_taken(shop, method):
    user = shop.site.new_user()
    order = shop.order(user, method)
    shop.pay(method, order)
    shop.due(order)
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    shop.use(method, 1)
    result = shop.site.coinpay("refund", order["order_no"], "--reason", "wish of the buyer", check=False)
    assert result.returncode != 0 and "another account" in result.stderr and user.balance() == 100
    shop.use(method, 0)
    shop.site.coinpay("refund", order["order_no"], "--reason", "wish of the buyer")
    wait_for(lambda: user.balance() == 0)


def test_another_application_of_the_same_merchant_is_another_account(shop):
    user = shop.site.new_user()
    order = shop.order(user, "WECHAT")
    log = shop.use("WECHAT", 0, WECHAT_APP_ID="wx00000000000000ff")
    wait_for(lambda: LEFT in log())
    shop.over(order)
    time.sleep(3)
    assert shop.payment(order)[0] == "PENDING"
    shop.pay("WECHAT", order)
    shop.use("WECHAT", 0)
    shop.due(order)
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")


def test_a_key_that_is_rolled_within_the_account_changes_nothing(shop):
    if shop.modes[0] != "v2":
        pytest.skip("Stripe is the same for both versions")
    user = shop.site.new_user()
    order = shop.order(user, "STRIPE")
    shop.stripe.secret_key = "sk_test_rolled"
    log = shop.use("STRIPE", 0, STRIPE_SECRET_KEY="sk_test_rolled")
    shop.pay("STRIPE", order)
    shop.due(order)
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    assert not any(LEFT in line and "STRIPE" in line and "coinpay" in line for line in log().splitlines())


def test_a_key_that_does_not_tell_its_account_closes_nothing_that_is_unknown_there(shop):
    if shop.modes[0] != "v2":
        pytest.skip("Stripe is the same for both versions")
    user = shop.site.new_user()
    shop.stripe.misbehave("refuse", "GET /v1/account")
    shop.use("STRIPE", 0)
    order = shop.order(user, "STRIPE")
    shop.stripe.behave()
    log = shop.use("STRIPE", 1)
    shop.over(order)
    wait_for(lambda: "a payment that its provider had taken on is unknown there" in log())
    assert shop.payment(order)[0] == "PENDING"
    shop.pay("STRIPE", order)
    shop.use("STRIPE", 0)
    shop.due(order)
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
