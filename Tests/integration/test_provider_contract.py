"""What every provider has to keep, in each of its ways to be configured, told by the provider's own record of money."""

import contextlib
import datetime
import functools
import json
import uuid

import pytest
import requests

from support.contract import WITHOUT_GATEWAY
from support.contract_alipay import AlipayAdapter
from support.contract_stripe import StripeAdapter
from support.contract_wechat import WeChatAdapter
from support.stack import Stack, wait_for
from support.stripe_fake import StripeFake

ADAPTERS = (AlipayAdapter, WeChatAdapter, StripeAdapter)
# A site has one way of every provider.
SITES = {
    "first": {"ALIPAY": "key", "WECHAT": "v2", "STRIPE": "elements"},
    "second": {"ALIPAY": "cert", "WECHAT": "v3-public-key", "STRIPE": "session"}}
COINS = 100


@pytest.fixture(scope="module")
def site_of(alipay, wechat):
    """Gives a site with its adapters; each starts when it is first asked for and runs until the end."""
    with contextlib.ExitStack() as running:
        @functools.cache
        def started(name):
            servers = {"ALIPAY": alipay, "WECHAT": wechat, "STRIPE": running.enter_context(StripeFake())}
            settings = {}
            for adapter in ADAPTERS:
                settings |= adapter.settings(servers[adapter.method], SITES[name][adapter.method])
            site = running.enter_context(Stack(f"contract-{name}", **settings))
            return site, {a.method: a(site, servers[a.method], SITES[name][a.method]) for a in ADAPTERS}
        yield started


WAYS = [(name, method) for name, ways in SITES.items() for method in ways]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: f"{way[1]}-{SITES[way[0]][way[1]]}")
def way(request, site_of):
    name, method = request.param
    provider = site_of(name)[1][method]
    yield provider
    provider.site.assert_ledger_holds()


@pytest.fixture
def provider(way):
    """A provider whose every request of the test follows its documentation."""
    way.problems().clear()
    yield way
    way.behave()
    assert way.problems() == []


@pytest.fixture
def buyer(way):
    return way.site.new_user()


def status(buyer, order):
    return buyer.status(order["order_no"])["status"]


def assert_paid_once(provider, buyer, order):
    assert provider.received(order) == provider.price
    assert status(buyer, order) == "PAID" and buyer.balance() == COINS


def assert_unsettled(buyer, order):
    assert status(buyer, order) == "PENDING" and buyer.balance() == 0


def assert_refunded(provider, buyer, order, amount):
    """The provider gave back so much in all, and the coins of that share, rounded up, are gone."""
    end = "REFUNDED" if amount == provider.price else "PARTIALLY_REFUNDED"
    wait_for(lambda: (provider.hurry(), status(buyer, order) == end)[1])
    assert provider.refunded(order) == amount and provider.received(order) == provider.price
    assert buyer.balance() == COINS - -(-COINS * amount // provider.price)


def refund(provider, order, *options):
    return provider.site.coinpay("refund", order["order_no"], "--reason", "asked by the buyer", *options)


@pytest.mark.parametrize("name", SITES)
def test_every_provider_has_an_adapter(site_of, name):
    site, adapters = site_of(name)
    offered = requests.get(site.base + "/api/payment/methods", timeout=10).json()["data"]
    questions = [line.split("|")[1].split() for line in site.coinpay("config", "questions").stdout.splitlines()]
    assert {method["payment_method"] for method in offered} - WITHOUT_GATEWAY == set(adapters)
    assert {setting.split("_")[0] for settings in questions for setting in settings} == set(adapters)


def test_a_start_asks_for_the_price_and_moves_nothing(provider, buyer):
    order = provider.order(buyer)
    assert provider.asked(order) == (provider.price, provider.currency)
    assert (round(order["amount"] * 100), order["currency"]) == (provider.price, provider.currency)
    assert provider.received(order) == 0
    assert_unsettled(buyer, order)


def test_a_start_that_is_repeated_says_the_same_and_begins_one_payment(provider, buyer):
    key = uuid.uuid4().hex
    provider.lose_answers(provider.start_call)
    first = buyer.post("/api/coin/order", {"package_id": 1, "payment_method": provider.method},
                       headers={"Idempotency-Key": key})
    assert first.status_code == (503 if provider.start_call else 200)
    provider.behave()
    if first.ok:
        provider.begun(first.json()["data"])
    order = provider.begun(buyer.order_when_it_works(method=provider.method, key=key))
    starts = provider.starts(order)
    assert len(starts) > 1 and len(set(starts)) == 1
    assert provider.trades(order) == {order["number"]}
    again = buyer.data(buyer.post(
        f"/api/coin/order/{order['order_no']}/pay", {"payment_method": provider.method}))
    assert again[provider.start_field] == order[provider.start_field]
    provider.pay(order)
    assert provider.is_accepted(provider.letter(order)())
    assert_paid_once(provider, buyer, order)


def test_a_query_finds_what_was_never_told(provider, buyer):
    order = provider.order(buyer)
    provider.site.coinpay("order", "query", order["order_no"])
    assert_unsettled(buyer, order)
    provider.pay(order)
    for _ in range(2):
        provider.site.coinpay("order", "query", order["order_no"])
        assert_paid_once(provider, buyer, order)


def test_an_order_that_is_called_off_is_closed_at_the_provider(provider, buyer):
    order = provider.order(buyer)
    provider.let_it_be_closed(order)
    assert buyer.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    wait_for(lambda: provider.is_closed(order))
    assert provider.received(order) == 0
    assert status(buyer, order) == "CANCELLED" and buyer.balance() == 0


def test_a_refund_gives_the_money_back_and_takes_the_coins(provider, buyer):
    order = provider.paid(buyer)
    refund(provider, order)
    provider.wait_for_refund(order, provider.price)
    provider.finish_refund(order)
    assert_refunded(provider, buyer, order, provider.price)


def test_a_refund_that_is_repeated_moves_money_once(provider, buyer):
    order, key = provider.paid(buyer), uuid.uuid4().hex
    provider.lose_answers(provider.refund_call)
    refund(provider, order, "--amount", "0.49", "--key", key)
    provider.wait_for_refund(order, 49)
    # The background may have asked already.
    assert status(buyer, order) in ("REFUNDING", "PARTIALLY_REFUNDED")
    provider.behave()
    refund(provider, order, "--amount", "0.49", "--key", key)
    provider.hurry()
    provider.finish_refund(order)
    assert_refunded(provider, buyer, order, 49)


def test_a_notification_credits_the_coins(provider, buyer):
    order = provider.paid(buyer)
    assert_paid_once(provider, buyer, order)


def test_a_notification_that_was_altered_is_refused(provider, buyer):
    order = provider.order(buyer)
    provider.silence()
    provider.pay(order)
    assert provider.altered(order)().status_code == 400
    assert_unsettled(buyer, order)
    assert provider.is_accepted(provider.letter(order)())
    assert_paid_once(provider, buyer, order)


def test_a_notification_of_another_account_settles_nothing(provider, buyer):
    order = provider.order(buyer)
    provider.silence()
    provider.pay(order)
    answer = provider.foreign(order)()
    assert answer.status_code == 400 or provider.is_accepted(answer), answer.text
    assert_unsettled(buyer, order)


def test_a_notification_of_the_other_mode_credits_nothing(provider, buyer):
    order = provider.order(buyer)
    provider.silence()
    provider.pay(order)
    answer = provider.of_other_mode(order)()
    assert answer.status_code == 400 or provider.is_accepted(answer), answer.text
    assert status(buyer, order) != "PAID" and buyer.balance() == 0


def test_a_notification_that_is_replayed_credits_once(provider, buyer):
    order = provider.order(buyer)
    provider.pay(order)
    letter = provider.letter(order)
    for post in (letter, letter, letter, provider.letter(order)):
        assert provider.is_accepted(post())
        assert_paid_once(provider, buyer, order)


def test_the_books_of_a_day_find_and_settle_what_is_missing(provider, buyer):
    told, missing = provider.order(buyer), provider.order(buyer)
    provider.silence()
    for order in (told, missing):
        provider.pay(order, days_ago=1)
    assert provider.is_accepted(provider.letter(told)())
    assert status(buyer, told) == "PAID"
    assert status(buyer, missing) == "PENDING" and buyer.balance() == COINS
    day = (datetime.datetime.now(provider.zone) - datetime.timedelta(days=1)).date()
    [run] = json.loads(provider.site.coinpay(
        "reconcile", "--method", provider.method, "--date", str(day), "--json").stdout)["runs"]
    differences = {kind: count for kind, count in run["differences"].items() if count}
    assert (run["state"], run["matched"], differences, run["open"]) == ("COMPLETE", 1, {"MISSING_HERE": 1}, 0)
    assert status(buyer, missing) == "PAID" and buyer.balance() == 2 * COINS
    assert provider.received(missing) == provider.price


def test_a_check_tells_whether_the_provider_can_be_reached(provider):
    sound = provider.site.coinpay("provider", "check", provider.method, check=False)
    assert sound.returncode == 0 and "FAILED" not in sound.stdout, sound.stdout + sound.stderr
    provider.server.misbehave("reset")
    away = provider.site.coinpay("provider", "check", provider.method, check=False)
    assert away.returncode == 1 and "FAILED" in away.stdout, away.stdout + away.stderr
    # Whether a provider is there, and what time it is there, is asked without a signature.
    provider.problems().clear()
