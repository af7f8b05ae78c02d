"""Stripe from end to end: localstripe plays the API, Stripe's own SDK signs the notifications."""

import json
import time
import uuid

import pytest
import requests
import stripe

from support.stack import wait_for
from support.stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET, deliver, event, intent, sign


def stored_intent(site, order_no):
    return site.value("SELECT provider_txn_id FROM payments WHERE provider = 'STRIPE' AND out_trade_no "
                      f"LIKE '{order_no}%' ORDER BY id DESC LIMIT 1")


def payment_status(site, order_no):
    return site.value("SELECT p.status FROM payments p JOIN coin_orders o ON o.id = p.order_id "
                      f"WHERE o.order_no = '{order_no}' AND p.provider = 'STRIPE' ORDER BY p.id DESC LIMIT 1")


@pytest.fixture
def order(site, user):
    order = user.order(method="STRIPE")
    order["intent"] = stored_intent(site, order["order_no"])
    return order


def test_an_order_makes_a_payment_intent_that_stripe_knows(site, stripe_server, user, order):
    assert order["currency"] == "USD" and order["amount"] == 1.49
    assert order["client_secret"].startswith(order["intent"]) and order["publishable_key"] == "pk_test_coinpay"
    there = stripe_server.call("GET", f"/v1/payment_intents/{order['intent']}")
    assert there["amount"] == 149 and there["currency"] == "usd"
    assert there["metadata"]["order_no"] == order["order_no"]
    assert stripe_server.problems == []


def test_stripes_own_notification_credits_the_coins(site, stripe_server, user, order):
    stripe_server.register_webhook(site.base + PATH, WEBHOOK_SECRET)
    assert stripe_server.pay(order["intent"])["status"] == "succeeded"
    end = time.monotonic() + 15
    while user.status(order["order_no"])["status"] != "PAID":
        assert time.monotonic() < end, "localstripe's notification did not settle the order"
        time.sleep(0.1)
    assert user.balance() == 100
    site.assert_ledger_holds()


def test_a_repeated_notification_that_says_something_else_is_told_and_changes_nothing(site, user, order):
    series = 'coinpay_events_contradicting_total{provider="STRIPE"}'

    def counted():
        lines = requests.get(site.base + "/metrics", timeout=10).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(series))

    first, before = event(intent(order["intent"], 149)), counted()
    for amount, differs in (149, None), (149, None), (999, "amount"):
        again = event(intent(order["intent"], amount), event_id=first["id"])
        assert deliver(site.base, again).status_code == 200
        told = [x for x in site.worker_log().splitlines() if "came again with other content" in x and first["id"] in x]
        assert len(told) == (differs is not None) == counted() - before
    number = site.value(f"SELECT id FROM payment_events WHERE event_key LIKE '{first['id']}%'")
    assert "critical" in told[0] and f"event_id={number}" in told[0] and "differs=amount" in told[0]
    assert user.balance() == 100 and payment_status(site, order["order_no"]) == "SUCCEEDED"
    site.assert_ledger_holds()


def test_a_number_in_another_spelling_is_nobodys_number(site, user, order):
    other = user.order(method="STRIPE")
    paid = intent(order["intent"], 149)
    deliver(site.base, event({**paid, "outTradeNo": other["order_no"], "clientReferenceId": other["order_no"]}))
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    assert user.status(other["order_no"])["status"] == "PENDING"


def test_success_for_an_expired_or_cancelled_order_still_credits(site, user):
    for end in ["expired", "cancelled"]:
        order = user.order(method="STRIPE")
        pi = stored_intent(site, order["order_no"])
        if end == "expired":
            site.sql(f"UPDATE coin_orders SET expires_at = '2020-01-01' WHERE order_no = '{order['order_no']}'")
        else:
            assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
        assert user.status(order["order_no"])["status"] == end.upper()
        assert deliver(site.base, event(intent(pi, 149))).status_code == 200
        assert user.status(order["order_no"])["status"] == "PAID"
    assert user.balance() == 200
    site.assert_ledger_holds()


def test_cancelling_cancels_the_intent_at_stripe(site, stripe_server, user, order):
    assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    assert stripe_server.call("GET", f"/v1/payment_intents/{order['intent']}")["status"] == "canceled"
    assert payment_status(site, order["order_no"]) == "CLOSED"


def test_paying_by_two_methods_credits_once_and_asks_for_a_refund(site, user):
    order = user.order(method="STRIPE")
    number, pi = order["order_no"], stored_intent(site, order["order_no"])
    other = user.data(user.post(f"/api/coin/order/{number}/pay", {"payment_method": "MOCK"}))
    assert other["currency"] == "CNY" and other["amount"] == 9.9
    assert user.data(user.post(f"/api/payment/mock/success/{other['mock_payment_id']}"))["status"] == "PAID"
    assert deliver(site.base, event(intent(pi, 149))).status_code == 200
    assert user.balance() == 100
    assert payment_status(site, number) == "DUPLICATE"
    refund = site.sql("SELECT r.amount, r.currency, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id "
                      f"WHERE p.provider_txn_id = '{pi}'")
    assert refund == [["149", "USD", "REQUESTED"]]
    site.assert_ledger_holds()


def test_a_failed_attempt_leaves_the_payment_open(site, user, order):
    failed = intent(order["intent"], 149, status="requires_payment_method",
                    last_payment_error={"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"})
    assert deliver(site.base, event(failed, "payment_intent.payment_failed")).status_code == 200
    assert user.status(order["order_no"])["status"] == "PENDING"
    assert deliver(site.base, event(intent(order["intent"], 149))).status_code == 200
    assert user.status(order["order_no"])["status"] == "PAID"
    # Late news of a failure undoes nothing.
    assert deliver(site.base, event(failed, "payment_intent.payment_failed")).status_code == 200
    canceled = intent(order["intent"], 149, status="canceled")
    assert deliver(site.base, event(canceled, "payment_intent.canceled")).status_code == 200
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    site.assert_ledger_holds()


@pytest.mark.parametrize("kind", ["payment_intent.processing", "payment_intent.requires_action"])
def test_news_without_money_changes_nothing(site, user, order, kind):
    body = event(intent(order["intent"], 149, status=kind.split(".")[1]), kind)
    assert deliver(site.base, body).status_code == 200
    assert user.status(order["order_no"])["status"] == "PENDING" and user.balance() == 0


@pytest.mark.parametrize("created", [-1, 0, 2**53, 2**63 - 1, -(2**63), None])
def test_a_strange_time_of_an_event_hurts_nobody(site, user, order, created):
    worker = site.pid("worker")
    assert deliver(site.base, event(intent(order["intent"], 149), created=created)).status_code == 200
    assert user.balance() == 100 and site.pid("worker") == worker


def test_a_cause_of_any_length_is_kept_short(site, user, order):
    failed = intent(order["intent"], 149, status="requires_payment_method",
                    last_payment_error={"type": "card_error", "code": "\u957f" * 3000})
    assert deliver(site.base, event(failed, "payment_intent.payment_failed")).status_code == 200
    assert site.value("SELECT CHAR_LENGTH(cause) FROM payment_events WHERE kind = 'ATTEMPT_FAILED' AND "
                      f"provider_txn_id = '{order['intent']}'") == "207"


def test_money_that_is_nobodys_is_kept_as_unmatched(site):
    pi = "pi_" + uuid.uuid4().hex
    ours = {"out_trade_no": "COIN_20200101_00000000"}
    assert deliver(site.base, event(intent(pi, 149, metadata=ours))).status_code == 200
    assert site.sql(f"SELECT state, outcome FROM payment_events WHERE provider_txn_id = '{pi}'") == [
        ["SETTLED", "UNMATCHED"]]


@pytest.mark.parametrize("metadata", [None, {}, {"out_trade_no": "INVOICE-1"}, {"order_no": "COIN_20200101_00000000"}])
def test_money_of_other_software_is_counted_and_nothing_else(site, metadata):
    pi = "pi_" + uuid.uuid4().hex
    before = site.worker_log().count(" critical ")
    body = event(intent(pi, 149, metadata=metadata))
    assert deliver(site.base, body).status_code == 200
    assert site.value(f"SELECT COUNT(*) FROM payment_events WHERE provider_txn_id = '{pi}'") == "0"
    assert pi not in site.coinpay("suspense", "list").stdout
    assert site.worker_log().count(" critical ") == before


def test_the_sdk_accepts_what_it_signed_and_we_do_too(site, user, order):
    body = json.dumps(event(intent(order["intent"], 149)))
    header = sign(body)
    assert stripe.Webhook.construct_event(body, header, WEBHOOK_SECRET)["type"] == "payment_intent.succeeded"
    rolled = header + "," + sign(body, "whsec_older").split(",")[1]
    assert deliver(site.base, body, rolled).status_code == 200 and user.balance() == 100


def test_the_raw_notification_is_kept_encrypted(site, user, order):
    body = json.dumps(event(intent(order["intent"], 149)))
    deliver(site.base, body)
    stored = bytes.fromhex(site.value(
        f"SELECT HEX(body) FROM payment_events WHERE provider_txn_id = '{order['intent']}'"))
    assert stored[:4] == b"\x01\x02k1" and order["intent"].encode() not in stored


def wait_until_stripe_works(user):
    """The breaker may be open: the caretaker asks about other payments too. It lets a probe through after ten seconds."""
    wish = {"package_id": 1, "payment_method": "STRIPE"}
    wait_for(lambda: user.post("/api/coin/order", wish).status_code == 200)


@pytest.mark.parametrize("mode", ["reset", "error", "garbage", "huge", "redirect", "other-amount"])
def test_a_broken_stripe_costs_its_own_method_only(site, stripe_server, user, mode):
    stripe_server.mode = mode
    try:
        answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
        assert answer.status_code == 503, answer.text
        error = answer.json()["error"]
        assert error["code"] == "PAYMENT_METHOD_UNAVAILABLE" and "MOCK" in error["available_methods"]
        assert user.order(method="MOCK")["mock_payment_id"]
    finally:
        stripe_server.mode = "normal"
        wait_until_stripe_works(user)


def test_a_hanging_stripe_leaves_the_rest_fast_and_opens_the_breaker(site, stripe_server, user):
    import concurrent.futures
    stripe_server.mode = "hang"
    try:
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            wish = {"package_id": 1, "payment_method": "STRIPE"}
            slow = [pool.submit(user.post, "/api/coin/order", wish) for _ in range(12)]
            time.sleep(0.5)
            began = time.monotonic()
            order = user.order(method="MOCK")
            user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
            assert time.monotonic() - began < 2, "a hanging provider slowed another method down"
            assert [f.result().status_code for f in slow] == [503] * 12
        began = time.monotonic()
        assert user.post("/api/coin/order", wish).status_code == 503
        assert time.monotonic() - began < 1, "the breaker did not open"
        methods = [m["payment_method"] for m in user.data(user.get("/api/payment/methods"))]
        assert methods == ["MOCK"]
    finally:
        stripe_server.mode = "normal"
        wait_until_stripe_works(user)


def test_an_answer_that_was_lost_is_found_again_by_the_same_key(site, stripe_server, user):
    key = uuid.uuid4().hex
    wait_until_stripe_works(site.new_user())
    stripe_server.mode = "lose-answer"
    try:
        answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"},
                           headers={"Idempotency-Key": key})
        assert answer.status_code == 503
    finally:
        stripe_server.mode = "normal"
        wait_until_stripe_works(site.new_user())
    order = user.order(method="STRIPE", key=key)
    made = {r[3]["Idempotency-Key"] for r in stripe_server.requests
            if r[2].get("metadata[order_no]") == order["order_no"]}
    assert len(made) == 1
    assert deliver(site.base, event(intent(stored_intent(site, order["order_no"]), 149))).status_code == 200
    assert user.balance() == 100


def test_a_call_is_logged_with_our_number_and_theirs(site, user):
    wait_until_stripe_works(user)
    answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
    ours = answer.headers["X-Request-Id"]
    line = next(line for line in site.worker_log().splitlines()
                if "provider called" in line and f" request_id={ours}" in line)
    assert "provider_request_id=req_test" in line and "/v1/payment_intents" in line and "status=200" in line
    assert SETTINGS["STRIPE_SECRET_KEY"] not in site.worker_log()


def test_a_start_that_was_never_answered_is_closed_when_its_order_is_over(site, stripe_server, user):
    wait_until_stripe_works(site.new_user())
    stripe_server.mode = "reset"
    try:
        assert user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"}).status_code == 503
    finally:
        stripe_server.mode = "normal"
        wait_until_stripe_works(site.new_user())
    number = user.data(user.get("/api/coin/orders"))["items"][0]["order_no"]
    assert payment_status(site, number) == "STARTING"
    site.sql(f"UPDATE coin_orders SET expires_at = NOW(6) - INTERVAL 1 HOUR WHERE order_no = '{number}'")
    wait_for(lambda: payment_status(site, number) == "CLOSED")
    assert user.status(number)["status"] == "EXPIRED"
    site.assert_ledger_holds()
