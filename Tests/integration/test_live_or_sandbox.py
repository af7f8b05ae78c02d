"""Whether money moves is told by settings, never by which of a provider's addresses is called."""

import pytest

from support.stack import Stack, wait_for
from support.wechat import WeChatServer
from support.wechat_site import WISH, deliver, made, payment_status

STANDBY = "https://api2.mch.weixin.qq.com"


@pytest.fixture(scope="module")
def wechat():
    with WeChatServer() as provider:
        yield provider


@pytest.fixture(scope="module")
def shop(wechat):
    with Stack("live-or-sandbox", **wechat.settings("v2")) as stack:
        yield stack


def shown(shop, **settings):
    """What `config show` says with other settings, and what `config check` complains about."""
    kept = dict(shop.environment)
    shop.environment |= settings
    try:
        return shop.coinpay("config", "show", check=False)
    finally:
        shop.environment = kept


@pytest.mark.parametrize("gateway, mode", [
    ("https://api.mch.weixin.qq.com", "live"), (STANDBY, "live"), ("https://API2.mch.weixin.qq.com:443", "live"),
    ("https://wechat-proxy.shop.example/v", "live"), ("https://api.mch.weixin.qq.com.evil.example", "live"),
    ("https://api.mch.weixin.qq.com/sandboxnew", "sandbox"), ("https://api2.mch.weixin.qq.com/xdc/apiv2sandbox", "sandbox"),
])
def test_the_mode_of_wechat(shop, gateway, mode):
    result = shown(shop, WECHAT_GATEWAY_URL=gateway)
    assert f", {mode}, interface v2, {gateway}" in result.stdout, result.stdout + result.stderr


def test_a_mode_that_the_address_is_not_for_is_refused(shop):
    result = shown(shop, WECHAT_GATEWAY_URL=STANDBY, WECHAT_MODE="sandbox")
    assert result.returncode == 78 and "WECHAT_MODE is sandbox, but WECHAT_GATEWAY_URL is an address for live" in result.stderr
    proxy = shown(shop, WECHAT_GATEWAY_URL="https://wechat-proxy.shop.example", WECHAT_MODE="sandbox")
    assert ", sandbox, interface v2, " in proxy.stdout, proxy.stderr


@pytest.mark.parametrize("settings, complaint", [
    ({"STRIPE_SECRET_KEY": "sk_production_live_1"}, "STRIPE_SECRET_KEY must begin with sk_ or rk_"),
    ({"STRIPE_PUBLISHABLE_KEY": "pk_live_1", "STRIPE_SECRET_KEY": "sk_test_x_live_1"}, "must both be live or both test"),
    ({"STRIPE_PUBLISHABLE_KEY": "pk_test_1", "STRIPE_SECRET_KEY": "rk_live_1"}, "must both be live or both test"),
    ({"STRIPE_PUBLISHABLE_KEY": "pk_live_1", "STRIPE_SECRET_KEY": "rk_live_x_test_1"}, None),
    ({"STRIPE_PUBLISHABLE_KEY": "pk_live_1", "STRIPE_SECRET_KEY": "sk_org_live_1"}, None),
])
def test_the_mode_of_a_key_of_stripe_is_what_it_begins_with(shop, settings, complaint):
    result = shown(shop, STRIPE_WEBHOOK_SECRET="whsec_1", **{"STRIPE_PUBLISHABLE_KEY": "pk_live_1"} | settings)
    if complaint:
        assert result.returncode == 78 and complaint in result.stderr, result.stderr
    else:
        assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("way", ["notification", "query"])
def test_another_address_of_the_same_account_changes_nothing_for_payments_under_way(shop, wechat, way):
    user = shop.new_user()
    order = made(shop, user.data(user.post("/api/coin/order", WISH)))
    before = shop.environment["WECHAT_GATEWAY_URL"]
    # The same gateway by another name.
    shop.environment["WECHAT_GATEWAY_URL"] = before.replace("127.0.0.1", "localhost")
    assert shop.environment["WECHAT_GATEWAY_URL"] != before
    shop.start_worker()
    shop.wait_ready()
    trade = wechat.pay("v2", order["number"])
    if way == "notification":
        deliver(shop, "v2", wechat.payment_news("v2", trade))
    else:
        shop.coinpay("order", "query", order["order_no"])
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    assert payment_status(shop, order) == "SUCCEEDED"
    shop.environment["WECHAT_GATEWAY_URL"] = before


def test_a_payment_that_was_noted_as_played_is_paid_by_real_money(shop, wechat):
    """Before an address was known to be live, payments were written down as the sandbox's."""
    user = shop.new_user()
    order = made(shop, user.data(user.post("/api/coin/order", WISH)))
    shop.sql(f"UPDATE payments SET live_mode = FALSE WHERE out_trade_no = '{order['number']}'")
    deliver(shop, "v2", wechat.payment_news("v2", wechat.pay("v2", order["number"])))
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")


def test_live_money_is_not_paid_in_a_sandbox(shop, wechat):
    user = shop.new_user()
    order = made(shop, user.data(user.post("/api/coin/order", WISH)))
    shop.environment["WECHAT_MODE"] = "sandbox"
    shop.start_worker()
    shop.wait_ready()
    deliver(shop, "v2", wechat.payment_news("v2", wechat.pay("v2", order["number"])))
    assert payment_status(shop, order) == "SUSPICIOUS"
    assert user.balance() == 0
