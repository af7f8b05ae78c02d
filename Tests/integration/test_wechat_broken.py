"""What a gateway that fails, lies or says nothing costs: WeChat Pay alone, and never a coin."""

import concurrent.futures
import threading
import time
import uuid

import pytest

from support.wechat_news import is_accepted, v3_payment
from support.wechat_site import WISH, deliver, made, payment_status, sites_of, version, wait_until_it_works

pytestmark = pytest.mark.usefixtures("wechat_as_documented")


# One mode of each interface: the others differ in keys, not in what a broken gateway does to us.
MODES = ("v2", "v3-platform")


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def sites(wechat):
    with sites_of(wechat, "wechat-broken") as sites:
        yield sites


@pytest.fixture
def site(sites, mode):
    return sites(mode)


# How an order begins at WeChat Pay, in either interface; questions about others go on meanwhile.
CREATION = "unifiedorder|transactions/native"


@pytest.fixture
def order(site, user):
    wait_until_it_works(user)
    return made(site, user.order(method="WECHAT"))


SPOILT_CREATIONS = [
    "reset", "garbage", "error", "huge", "redirect", "unsigned", "wrong-signature", "system-error", "lose-answer"]
SPOILT_OF_VERSION = {"v2": ["doctype"], "v3": ["signtest", "stale", "unknown-serial"]}


def assert_only_mock_works(user):
    answer = user.post("/api/coin/order", WISH)
    assert answer.status_code == 503, answer.text
    error = answer.json()["error"]
    assert error["code"] == "PAYMENT_METHOD_UNAVAILABLE" and "MOCK" in error["available_methods"]
    order = user.order(method="MOCK")
    assert user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))["status"] == "PAID"


@pytest.mark.parametrize("mode,spoilt", [
    (mode, spoilt) for mode in MODES for spoilt in SPOILT_CREATIONS + SPOILT_OF_VERSION[version(mode)]
], indirect=["mode"])
def test_a_broken_gateway_costs_its_own_method_only(site, wechat, mode, user, order, spoilt):
    worker = site.pid("worker")
    wechat.misbehave(spoilt)
    assert_only_mock_works(user)
    balance = user.balance()
    # Notifications need no call to the gateway.
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"])))
    assert user.balance() == balance + 100
    wechat.behave()
    wait_until_it_works(user)
    assert site.pid("worker") == worker


def seconds_of(call):
    began = time.monotonic()
    call()
    return time.monotonic() - began


def p99(seconds):
    """The time that 99 in 100 calls keep."""
    return sorted(seconds)[len(seconds) * 99 // 100 - 1]


def slowest_seconds(call, times=100):
    return p99([seconds_of(call) for _ in range(times)])


def slowest_order_seconds(buyers, times=200):
    """As above, of orders by another method, when all buyers order at the same time."""
    def order_often(buyer):
        return [seconds_of(lambda: buyer.order(method="MOCK")) for _ in range(times // len(buyers))]
    with concurrent.futures.ThreadPoolExecutor(len(buyers)) as pool:
        return p99([seconds for some in pool.map(order_often, buyers) for seconds in some])


def test_a_hanging_gateway_leaves_the_rest_fast_and_opens_the_breaker(site, wechat, mode, user, order):
    news = wechat.payment_news(mode, wechat.pay(mode, order["number"]))
    usual = slowest_seconds(lambda: deliver(site, mode, news))
    seen = len(wechat.requests)
    wechat.misbehave("hang")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(user.post, "/api/coin/order", WISH) for _ in range(12)]
        wechat.wait_for_calls(seen + 1)
        began = time.monotonic()
        order = user.order(method="MOCK")
        user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
        assert time.monotonic() - began < 2, "a hanging provider slowed another method down"
        assert slowest_seconds(lambda: deliver(site, mode, news)) < max(0.5, 3 * usual), "notifications became slow"
        assert [f.result().status_code for f in slow] == [503] * 12
    began = time.monotonic()
    assert user.post("/api/coin/order", WISH).status_code == 503
    assert time.monotonic() - began < 1, "the breaker did not open"
    assert [m["payment_method"] for m in user.data(user.get("/api/payment/methods"))] == ["MOCK"]
    wechat.behave()
    wait_until_it_works(user)


@pytest.mark.parametrize("mode", ["v3-platform"], indirect=True)
def test_a_hanging_gateway_leaves_orders_by_other_methods_their_p99(site, wechat, mode, user):
    # More wait for the gateway than a site has web threads.
    buyers, waiting = [site.new_user() for _ in range(8)], [site.new_user() for _ in range(24)]
    usual, seen, is_over = slowest_order_seconds(buyers), len(wechat.requests), threading.Event()

    def ask_again_and_again(asker):
        # Once the breaker is open the answer comes at once, and a person takes a moment to press again.
        while not is_over.wait(0.5):
            assert asker.post("/api/coin/order", WISH).status_code == 503 or is_over.is_set()

    wechat.misbehave("hang")
    with concurrent.futures.ThreadPoolExecutor(len(waiting)) as pool:
        asking = [pool.submit(ask_again_and_again, asker) for asker in waiting]
        try:
            wechat.wait_for_calls(seen + 1)
            hanging = slowest_order_seconds(buyers)
        finally:
            is_over.set()
            wechat.behave()
    for future in asking:
        future.result()
    print(f"p99 of an order by another method: {usual:.3f} s as usual, {hanging:.3f} s beside a hanging gateway")
    # A call that hangs takes ten seconds, and as many orders as there are threads wait two for their turn, once; the
    # rest is a busy machine's.
    assert hanging < 5 + 3 * usual, (usual, hanging)
    wait_until_it_works(user)


def test_an_answer_that_was_lost_is_found_again_under_the_same_number(site, wechat, mode, user):
    wait_until_it_works(user)
    key, known = uuid.uuid4().hex, set(wechat.book.trades)
    wechat.misbehave("lose-answer", CREATION)
    answer = user.post("/api/coin/order", WISH, headers={"Idempotency-Key": key})
    assert answer.status_code == 503
    wechat.behave()
    order = made(site, user.order_when_it_works(method="WECHAT", key=key))
    assert wechat.book.wait_for_trades(known) == [order["number"]]
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"])))
    assert user.balance() == 100


@pytest.mark.parametrize(
    "spoilt", ["other-order", "other-amount", "unsigned", "wrong-signature", "system-error", "lose-answer"])
def test_a_query_that_cannot_be_believed_credits_nothing(site, wechat, mode, user, order, spoilt):
    trade = wechat.pay(mode, order["number"])
    wechat.misbehave(spoilt, r"orderquery|out-trade-no/[^/]+$")
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert user.balance() == 0 and user.status(order["order_no"])["status"] == "CANCELLED"
    wechat.behave()
    if spoilt == "other-amount":
        # The answer was genuine, so the payment is held for an operator.
        assert payment_status(site, order) in ("SUSPICIOUS", "PENDING")
    else:
        deliver(site, mode, wechat.payment_news(mode, trade))
        assert user.balance() == 100
    site.assert_ledger_holds()


def test_a_notification_may_overtake_the_answer_to_our_own_call(site, wechat, mode, user):
    wait_until_it_works(user)
    known = set(wechat.book.trades)
    wechat.misbehave("delay", CREATION, seconds=5)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(user.order, method="WECHAT")
        [number] = wechat.book.wait_for_trades(known)
        deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, number)))
        wechat.behave()
        order = answer.result()
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    site.assert_ledger_holds()


@pytest.mark.parametrize("mode", ["v3-switching"], indirect=True)
def test_certificates_that_cannot_be_fetched_are_asked_for_once_not_at_each_message(site, wechat, mode, user, order):
    merchant, newer = wechat.accounts[mode], wechat.platform.rotate()
    trade = wechat.pay(mode, order["number"])
    wechat.misbehave("error", "/v3/certificates")
    before = len(wechat.calls("/v3/certificates", ""))
    for _ in range(5):
        assert not is_accepted(v3_payment(merchant, newer, trade).post(site.base), "v3")
    assert len(wechat.calls("/v3/certificates", "")) == before + 1 and user.balance() == 0
    # Under the key that is known it is believed meanwhile.
    deliver(site, mode, v3_payment(merchant, wechat.platform.bare, trade))
    assert user.balance() == 100
