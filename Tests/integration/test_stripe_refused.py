"""What our route refuses, holds or passes over when it claims to come from Stripe."""

import uuid

import pytest
import requests

from support.stack import Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import PATH, SETTINGS, WEBHOOK_SECRET
from support.stripe_forged import HELD, MALFORMED, NOTHING, UNPROVEN, Forger

JSON = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture(scope="module")
def fake():
    with StripeFake() as fake:
        yield fake


@pytest.fixture(scope="module")
def site(fake):
    with Stack("stripe-refused", STRIPE_API_URL=fake.url, **SETTINGS) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def forger(site, user):
    order = user.order(method="STRIPE")
    number = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    return Forger(number, order["order_no"], "pi_" + uuid.uuid4().hex)


def post(site, news):
    body, header = news
    signature = {"Stripe-Signature": header} if header else {}
    return requests.post(
        site.base + PATH, data=body if isinstance(body, bytes) else body.encode(), headers={**JSON, **signature},
        timeout=60)


def events(site):
    return int(site.value("SELECT COUNT(*) FROM payment_events WHERE source = 'NOTIFICATION'"))


def payment_status(site, forger):
    return site.value(f"SELECT status FROM payments WHERE provider_txn_id = '{forger.number}'")


@pytest.mark.parametrize("name", [*UNPROVEN, *(f"signed: {name}" for name in MALFORMED)])
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(site, user, forger, name):
    build = MALFORMED[name.removeprefix("signed: ")] if name.startswith("signed: ") else UNPROVEN[name]
    before, worker = events(site), site.pid("worker")
    answer = post(site, build(forger))
    assert answer.status_code == 400, answer.text
    assert events(site) == before and user.balance() == 0
    assert payment_status(site, forger) == "PENDING" and site.pid("worker") == worker
    assert WEBHOOK_SECRET not in site.worker_log() and WEBHOOK_SECRET not in answer.text


@pytest.mark.parametrize("name", HELD)
def test_what_contradicts_the_payment_is_held(site, user, forger, name):
    build, mismatch = HELD[name]
    before, worker = events(site), site.pid("worker")
    answer = post(site, build(forger))
    assert answer.status_code == 200, answer.text
    assert events(site) == before + 1 and user.balance() == 0
    assert payment_status(site, forger) == "SUSPICIOUS" and site.pid("worker") == worker
    assert user.status(forger.order_no)["status"] == "PENDING"
    line = next(line for line in site.worker_log().splitlines() if f"order_no={forger.order_no}" in line
                and "mismatch=" in line)
    assert f"mismatch={mismatch}" in line
    # The genuine notification still counts.
    assert post(site, forger.signed(forger.text())).status_code == 200 and user.balance() == 100


@pytest.mark.parametrize("name", NOTHING)
def test_what_concerns_no_money_of_ours_is_acknowledged(site, user, forger, name):
    worker = site.pid("worker")
    answer = post(site, NOTHING[name](forger))
    assert answer.status_code == 200 and answer.json() == {"received": True}
    assert payment_status(site, forger) == "PENDING" and user.balance() == 0 and site.pid("worker") == worker


def test_another_orders_metadata_pays_neither(site, user, forger):
    other = user.order(method="STRIPE")["order_no"]
    assert post(site, forger.claim(amount_received=149, metadata={"out_trade_no": other})).status_code == 200
    # The two numbers contradict each other: an operator has to say whose money it is.
    assert user.status(other)["status"] == user.status(forger.order_no)["status"] == "PENDING"
    assert user.balance() == 0
    # The genuine notification still counts.
    assert post(site, forger.signed(forger.text())).status_code == 200 and user.balance() == 100


def test_a_payment_of_another_provider_cannot_be_settled(site, user, forger):
    mock = user.order(method="MOCK")
    number = mock["mock_payment_id"]
    assert post(site, forger.claim(id=number, metadata={"out_trade_no": number})).status_code == 200
    assert user.status(mock["order_no"])["status"] == "PENDING" and user.balance() == 0


@pytest.mark.parametrize("currency", ["USD", "Usd"])
def test_the_case_of_a_currency_does_not_matter(site, user, forger, currency):
    assert post(site, forger.claim(currency=currency)).status_code == 200
    assert user.balance() == 100


def test_foreign_names_in_metadata_do_not_hurt(site, user, forger):
    assert post(site, forger.claim(metadata={"\u5907\u6ce8": "x", "a\"b": "y"})).status_code == 200
    assert user.balance() == 100


@pytest.mark.parametrize("size", [1024 * 1024, 10_000_000])
def test_a_body_beyond_bounds_is_refused(site, user, forger, size):
    worker = site.pid("worker")
    answer = post(site, forger.signed(forger.body + " " * size))
    assert answer.status_code == 413 and user.balance() == 0 and site.pid("worker") == worker


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_notification_is_a_post(site, user, forger, method):
    answer = requests.request(
        method, site.base + PATH, data=forger.body, headers={**JSON, "Stripe-Signature": forger.good}, timeout=60)
    assert answer.status_code == 405 and user.balance() == 0


def test_every_flipped_bit_of_a_signature_is_refused(site, user, forger):
    session, before = requests.Session(), events(site)
    bits = bytes.fromhex(forger.v1[3:])
    for bit in range(256):
        changed = bytearray(bits)
        changed[bit // 8] ^= 1 << (bit % 8)
        header = {**JSON, "Stripe-Signature": f"{forger.t},v1={changed.hex()}"}
        assert session.post(site.base + PATH, data=forger.body, headers=header, timeout=60).status_code == 400
    assert events(site) == before and user.balance() == 0


def test_the_same_forger_can_be_believed(site, user, forger):
    """The tables above refuse for their own reasons, not for a mistake that all their cases share."""
    assert post(site, forger.signed(forger.body)).status_code == 200
    assert user.balance() == 100 and payment_status(site, forger) == "SUCCEEDED"
