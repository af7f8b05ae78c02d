"""Codes to scan, and what a gateway that fails, lies or says nothing costs: Alipay alone, and never a coin."""

import concurrent.futures
import time
import uuid

import pytest

from support.alipay import MODES
from support.alipay_site import PHONE, WISH, alipay_stack, made, payment_status, wait_until_it_works
from support.stack import wait_for

pytestmark = pytest.mark.usefixtures("alipay_as_documented")

SPOILT_CREATIONS = [
    "reset", "garbage", "error", "huge", "redirect", "unsigned", "wrong-signature", "duplicate-node",
    "duplicate-sign", "other-order", "system-error", "lose-answer"]
SPOILT_QUERIES = [
    "reset", "garbage", "unsigned", "wrong-signature", "duplicate-node", "duplicate-sign", "other-order",
    "other-amount", "system-error"]


@pytest.fixture(scope="module", params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def site(alipay, mode):
    with alipay_stack(alipay, mode, "precreate", ALIPAY_PRODUCT="precreate") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def order(site, user):
    wait_until_it_works(user)
    return made(site, user.order(method="ALIPAY"))


def deliver(alipay, mode, order, **options):
    answer = alipay.notify(mode, order["number"], **options)
    assert answer["accepted"], answer


def cancel(user, order):
    return user.post(f"/api/coin/order/{order['order_no']}/cancel")


def assert_only_mock_works(user):
    answer = user.post("/api/coin/order", WISH)
    assert answer.status_code == 503, answer.text
    error = answer.json()["error"]
    assert error["code"] == "PAYMENT_METHOD_UNAVAILABLE" and "MOCK" in error["available_methods"]
    order = user.order(method="MOCK")
    assert user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))["status"] == "PAID"


def test_a_code_to_scan_sells(site, alipay, mode, user, order):
    assert order["qr_code"].startswith("https://qr.alipay.com/bax")
    image = user.get(order["qr_image"])
    assert image.status_code == 200 and image.headers["Content-Type"].startswith("image/svg+xml")
    again = user.data(user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "ALIPAY"}))
    assert again["qr_code"] == order["qr_code"]
    [call] = [r for r in alipay.requests("precreate") if order["number"] in r["params"]["biz_content"]]
    assert (call["http"], call["type"]) == ("POST", "application/x-www-form-urlencoded;charset=utf-8")
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100


def test_a_phone_needs_no_call_while_the_gateway_is_down(site, alipay, mode, user):
    wait_until_it_works(user)
    alipay.misbehave("reset")
    user.session.headers["User-Agent"] = PHONE
    order = user.order(method="ALIPAY")
    assert order["payment_url"].startswith(alipay.url + "?") and "qr_code" not in order


@pytest.mark.parametrize("spoilt", SPOILT_CREATIONS)
def test_a_broken_gateway_costs_its_own_method_only(site, alipay, mode, user, order, spoilt):
    worker = site.pid("worker")
    alipay.misbehave(spoilt)
    assert_only_mock_works(user)
    balance = user.balance()
    # Notifications need no call to the gateway.
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    assert user.balance() == balance + 100
    alipay.behave()
    wait_until_it_works(user)
    assert site.pid("worker") == worker


@pytest.mark.parametrize("sub_code,status", [
    ("ACQ.SYSTEM_ERROR", "STARTING"), ("ACQ.CONTEXT_INCONSISTENT", "STARTING"), ("ACQ.ACCESS_FORBIDDEN", "FAILED")])
def test_a_business_failure_is_final_only_when_alipay_knows(site, alipay, mode, user, sub_code, status):
    wait_until_it_works(user)
    alipay.misbehave("failure", "precreate", sub_code=sub_code)
    key = uuid.uuid4().hex
    assert user.post("/api/coin/order", WISH, headers={"Idempotency-Key": key}).status_code == 503
    assert status == site.value(
        "SELECT p.status FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.idempotency_key = '{key}'")


def test_a_hanging_gateway_leaves_the_rest_fast_and_opens_the_breaker(site, alipay, mode, user):
    wait_until_it_works(user)
    seen = len(alipay.requests())
    alipay.misbehave("hang")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(user.post, "/api/coin/order", WISH) for _ in range(12)]
        alipay.wait_for_requests(seen + 1)
        began = time.monotonic()
        order = user.order(method="MOCK")
        user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
        assert time.monotonic() - began < 2, "a hanging provider slowed another method down"
        assert [f.result().status_code for f in slow] == [503] * 12
    began = time.monotonic()
    assert user.post("/api/coin/order", WISH).status_code == 503
    assert time.monotonic() - began < 1, "the breaker did not open"
    assert [m["payment_method"] for m in user.data(user.get("/api/payment/methods"))] == ["MOCK"]
    alipay.behave()
    wait_until_it_works(user)


@pytest.mark.parametrize("decoy", ["decoy-name", "decoy-text"])
def test_only_the_signed_node_is_read(site, alipay, mode, user, order, decoy):
    alipay.misbehave(decoy, "precreate")
    code = user.order(method="ALIPAY")["qr_code"]
    assert code.startswith("https://qr.alipay.com/bax")
    # Alipay does not close it and is asked about it; the decoy says that it was paid.
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    alipay.misbehave("failure", "close", sub_code="ACQ.TRADE_STATUS_ERROR")
    alipay.misbehave(decoy, "query")
    cancel(user, order)
    assert user.balance() == 0 and payment_status(site, order) == "PENDING"


def test_an_answer_that_was_lost_is_found_again_under_the_same_number(site, alipay, mode, user):
    wait_until_it_works(user)
    key = uuid.uuid4().hex
    alipay.misbehave("lose-answer", "precreate")
    assert user.post("/api/coin/order", WISH, headers={"Idempotency-Key": key}).status_code == 503
    alipay.behave()
    order = made(site, user.order_when_it_works(method="ALIPAY", key=key))
    numbers = {r["params"]["biz_content"].split('"out_trade_no":"')[1].split('"')[0]
               for r in alipay.requests("precreate")[-2:]}
    assert numbers == {order["number"]}
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    assert user.balance() == 100


@pytest.mark.parametrize("spoilt", SPOILT_QUERIES)
def test_a_query_that_cannot_be_believed_credits_nothing(site, alipay, mode, user, order, spoilt):
    alipay.pay(mode, order["number"])
    alipay.misbehave(spoilt, "query")
    cancel(user, order)
    assert user.balance() == 0 and user.status(order["order_no"])["status"] == "CANCELLED"
    alipay.behave()
    if spoilt == "other-amount":
        # The answer was genuine, so the payment is held for an operator.
        assert payment_status(site, order) == "SUSPICIOUS"
    else:
        deliver(alipay, mode, order)
        assert user.balance() == 100
    site.assert_ledger_holds()


@pytest.mark.parametrize("spoilt", ["unsigned", "wrong-signature", "duplicate-node", "garbage", "system-error"])
def test_an_answer_to_closing_that_cannot_be_believed_closes_nothing(site, alipay, mode, user, order, spoilt):
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    alipay.misbehave(spoilt, "close|query")
    cancel(user, order)
    assert payment_status(site, order) == "PENDING" and user.balance() == 0


def test_closing_whose_answer_is_lost_is_asked_about(site, alipay, mode, user, order):
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    alipay.misbehave("lose-answer", "close")
    cancel(user, order)
    assert alipay.trade(mode, order["number"])["status"] == "TRADE_CLOSED" and user.balance() == 0


def test_a_notification_may_overtake_the_answer_to_our_own_call(site, alipay, mode, user):
    wait_until_it_works(user)
    seen = len(alipay.requests())
    alipay.misbehave("delay", "precreate", seconds=5)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(user.order, method="ALIPAY")
        [call] = wait_for(lambda: alipay.requests("precreate", since=seen))
        number = call["params"]["biz_content"].split('"out_trade_no":"')[1].split('"')[0]
        wait_for(lambda: alipay.control("is_offered", mode=mode, out_trade_no=number))
        alipay.pay(mode, number)
        assert alipay.notify(mode, number)["accepted"]
        alipay.behave()
        order = answer.result()
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    site.assert_ledger_holds()
