"""One line for each thing that happens, with the fields that apply, spelt the same everywhere."""

import json
import re
import shlex
import uuid

import pytest

from support.console import Operator, number_of
from support.stack import Client, Stack, wait_for
from support.stripe_fixtures import PATH, SETTINGS, deliver, event, intent


def fields(line):
    """The message and the fields of a line as text."""
    level, rest = re.match(r"\S+ (\w+) (.*)", line).groups()
    message = re.split(r" [a-z_]+=", rest, maxsplit=1)[0]
    return {"level": level, "message": message, **dict(part.split("=", 1) for part in shlex.split(rest[len(message):]))}


def lines(site, text):
    """The lines that hold a text."""
    return [fields(line) for line in site.worker_log().splitlines() if text in line and re.match(r"\d{4}-\d\d-\d\dT", line)]


def one(site, text, message):
    """The one line of a message among those that hold a text."""
    line, = wait_for(lambda: [line for line in lines(site, text) if line["message"] == message])
    return line


@pytest.fixture
def number(site, user):
    return number_of(site, user.username)


def test_a_purchase_from_order_to_coins(site, user, number):
    answer = user.post("/api/coin/order", {"package_id": 1, "payment_method": "STRIPE"})
    order, request_id = answer.json()["data"], answer.headers["X-Request-Id"]
    made = one(site, order["order_no"], "order made")
    assert made == {"level": "info", "message": "order made", "request_id": request_id, "order_no": order["order_no"],
                    "user": number, "provider": "STRIPE", "amount": "1.49 USD"}
    started = one(site, order["order_no"], "payment started")
    assert float(started.pop("duration_ms")) >= 0
    assert started == {"level": "info", "message": "payment started", "request_id": request_id, "order_no": order["order_no"],
                       "user": number, "provider": "STRIPE", "outcome": "STARTED", "out_trade_no": order["order_no"]}
    news = event(intent(order["client_secret"].split("_secret_")[0], 149))
    told = deliver(site.base, news).headers["X-Request-Id"]
    settled = one(site, order["order_no"], "event settled")
    assert float(settled.pop("duration_ms")) >= 0 and int(settled.pop("event_id"))
    assert settled == {"level": "info", "message": "event settled", "request_id": told, "order_no": order["order_no"],
                       "user": number, "provider": "STRIPE", "outcome": "CREDITED", "event_key": news["id"]}
    again = deliver(site.base, news).headers["X-Request-Id"]
    repeated = one(site, again, "notification came again; nothing changed")
    assert (repeated["outcome"], repeated["provider"], repeated["event_key"]) == ("REPEATED", "STRIPE", news["id"])
    # Nothing is told twice. A request's own line comes after its answer, and last.
    for request in (told, again):
        one(site, request, "request")
        assert len(lines(site, request)) == 2


def test_a_payment_that_needs_no_call(site, user, number):
    order = user.order()
    started = one(site, order["order_no"], "payment started")
    assert (started["provider"], started["user"], started["outcome"]) == ("MOCK", number, "STARTED")
    user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    assert one(site, order["order_no"], "event settled")["user"] == number


def test_wishes_that_are_refused_and_orders_that_are_given_up(site, user, number):
    answer = user.post("/api/coin/order", {"package_id": 999_999, "payment_method": "MOCK"})
    refused = one(site, answer.headers["X-Request-Id"], "a wish to pay was refused")
    assert (refused["user"], refused["provider"], refused["outcome"]) == (number, "MOCK", "PACKAGE_NOT_FOUND")
    order = user.order()
    for _ in range(2):
        assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    cancelled = one(site, order["order_no"], "order cancelled")
    assert (cancelled["user"], cancelled["provider"]) == (number, "MOCK")


def test_a_forged_notification(site):
    answer = Client(site.base).session.post(site.base + PATH, data=b"{}", headers={"Stripe-Signature": "t=1,v1=00"}, timeout=10)
    refused = one(site, answer.headers["X-Request-Id"], "notification refused")
    assert refused["provider"] == "STRIPE" and refused["reason"] and refused["level"] == "warning"


def test_an_order_that_expires(site, user, number):
    order = user.order()
    site.sql(f"UPDATE coin_orders SET expires_at = UTC_TIMESTAMP(6) WHERE order_no = '{order['order_no']}'")
    expired = one(site, order["order_no"], "order expired")
    assert (expired["user"], expired["provider"]) == (number, "MOCK")


def test_signing_in_and_out(site):
    name, client = "u" + uuid.uuid4().hex[:12], Client(site.base)
    registered = client.post("/api/auth/register", {"username": name, "password": "long-password"})
    number = number_of(site, name)
    assert one(site, registered.headers["X-Request-Id"], "registered")["user"] == number
    out = client.post("/api/auth/logout")
    assert one(site, out.headers["X-Request-Id"], "signed out")["user"] == number
    wrong = client.post("/api/auth/login", {"username": name, "password": "not-my-password"})
    refused = one(site, wrong.headers["X-Request-Id"], "sign-in refused")
    assert refused["outcome"] == "WRONG_CREDENTIALS" and refused["address"] == "127.0.0.1"
    back = client.post("/api/auth/login", {"username": name, "password": "long-password"})
    assert one(site, back.headers["X-Request-Id"], "signed in")["user"] == number
    # Nobody is named by name.
    assert name not in site.worker_log()


def test_what_operators_do(site, user, number):
    order = user.order()
    user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    operator = Operator(site, "operator")
    answer = operator.post(f"/api/admin/users/{user.username}/grant",
                           {"coins": 5, "reason": "a present for li@mail.example", "key": uuid.uuid4().hex})
    assert answer.status_code == 200, answer.text
    acted = one(site, answer.headers["X-Request-Id"], "an operator acted")
    assert int(acted.pop("audit"))
    assert acted == {"level": "notice", "message": "an operator acted", "actor": operator.actor, "action": "GRANT_COINS",
                     "user": number, "request_id": answer.headers["X-Request-Id"]}
    refund = operator.post(f"/api/admin/orders/{order['order_no']}/refund",
                           {"reason": "asked", "rule": "take-back", "key": uuid.uuid4().hex})
    assert refund.status_code == 200, refund.text
    acted = one(site, refund.headers["X-Request-Id"], "an operator acted")
    assert acted["action"] == "REFUND" and acted["order_no"] == order["order_no"]
    moved = wait_for(lambda: [line for line in lines(site, order["order_no"]) if line["message"] == "a refund moved on"])[-1]
    assert (moved["user"], moved["outcome"], moved["provider"]) == (number, "REFUND_SUCCEEDED", "MOCK")
    wrong = operator.post("/api/admin/second-factor/verify", {"code": "000000"})
    assert one(site, wrong.headers["X-Request-Id"], "second factor refused")["outcome"] == "WRONG_CODE"
    # Words of people stay in the audit log.
    assert "li@mail.example" not in site.worker_log() and "present" not in site.worker_log()


def test_levels_and_json_are_settings(stripe_server):
    with Stack("levels", COINPAY_LOG_LEVEL="notice", COINPAY_LOG_FORMAT="json", STRIPE_API_URL=stripe_server.url, **SETTINGS) as site:
        user = site.new_user()
        order = user.order(method="STRIPE")
        assert deliver(site.base, event(intent(order["client_secret"].split("_secret_")[0], 999))).status_code == 200
        told = [json.loads(line) for line in site.worker_log().splitlines()]
        assert {line["level"] for line in told} == {"critical"}
        assert told[0]["order_no"] == order["order_no"] and told[0]["outcome"] == "SUSPICIOUS"
        assert "COINPAY_LOG_LEVEL: notice" in site.coinpay("config", "show").stdout
        site.environment["COINPAY_LOG_LEVEL"] = "loud"
        refused = site.coinpay("config", "check", check=False)
        assert refused.returncode == 78
        assert "COINPAY_LOG_LEVEL must be one of: trace, debug, info, notice, warning, error, critical" in refused.stderr
        # A terminal is no journal.
        assert not refused.stderr.startswith("<")
