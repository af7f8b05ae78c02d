"""How large what comes may be: notifications with the evidence of a dispute, and everything else; what is told of refusals;
and how news that was refused or lost is made up for."""

import datetime
import json
import re
import uuid

import pytest
import requests

from support import fastcgi
from support.stack import wait_for
from support.stripe_fixtures import PATH, WEBHOOK_SECRET, sign
from support.stripe_site import wait_until

KIB = 1024
NOTIFICATION_BYTES_MAX, BODY_BYTES_MAX = 1024 * KIB, 64 * KIB
LINES_PER_MINUTE_MAX = 60
REFUSED = "a request was refused for the size of its body"
WAYS = ["through nginx", "at the worker"]


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


def post(site, way, target, body, headers):
    """Posts bytes through nginx or to the worker itself; the status."""
    if way == "through nginx":
        return requests.post(site.base + target, data=body, headers=headers, timeout=60).status_code
    part = "webhook" if target.startswith("/api/payment/") else "web"
    return fastcgi.post(site.run_folder / f"{part}.sock", target, body, headers)[0]


def signed(event, size):
    """A notification of Stripe's that has a size: the evidence of its dispute fills it up."""
    event["data"]["object"]["evidence"] = {"uncategorized_text": ""}
    event["data"]["object"]["evidence"]["uncategorized_text"] = "x" * (size - len(json.dumps(event)))
    body = json.dumps(event)
    assert len(body) == size
    return body.encode(), {"Content-Type": "application/json", "Stripe-Signature": sign(body, WEBHOOK_SECRET)}


def refusals(site, mark=""):
    return [line for line in site.worker_log().splitlines() if REFUSED in line and mark in line]


@pytest.mark.parametrize("size", [100 * KIB, NOTIFICATION_BYTES_MAX - 1, NOTIFICATION_BYTES_MAX])
def test_a_dispute_with_all_its_evidence_is_settled(shop, stripe_fake, way, size):
    order = shop.paid()
    stripe_fake.book.dispute(shop.intent(order))
    created, *_ = stripe_fake.hooks.drop()
    assert created["type"] == "charge.dispute.created"
    assert post(shop.site, way, PATH, *signed(created, size)) == 200
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0 and shop.disputes(order) == ["OPENED"]


def test_a_larger_notification_is_refused_and_told(shop, stripe_fake, way):
    order = shop.paid()
    stripe_fake.book.dispute(shop.intent(order))
    created, *_ = stripe_fake.hooks.drop()
    before = len(refusals(shop.site))
    assert post(shop.site, way, PATH, *signed(created, NOTIFICATION_BYTES_MAX + 1)) == 413
    line, = wait_for(lambda: refusals(shop.site)[before:])
    address = "127.0.0.1" if way == "through nginx" else "192.0.2.7"
    for part in (" warning ", f"address={address}", f"path={PATH}", f"body_bytes={NOTIFICATION_BYTES_MAX + 1}",
                 f"bytes_max={NOTIFICATION_BYTES_MAX}"):
        assert part in line, line
    assert shop.status(order) == "PAID"


@pytest.mark.parametrize("target", ["/api/coin/order", "/api/auth/login", "/api/payment/methods", "/login", "/coin/order"])
def test_everything_else_is_bounded_by_64_kib(site, way, target):
    headers = {"Content-Type": "application/json"}
    part = "web.sock"
    before = len(refusals(site))
    assert post(site, way, target, b" " * BODY_BYTES_MAX, headers) not in (413, 500, 502, 503)
    if way == "through nginx":
        answer = requests.post(site.base + target, data=b" " * (BODY_BYTES_MAX + 1), headers=headers, timeout=10)
        status, text = answer.status_code, answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    else:
        status, text = fastcgi.post(site.run_folder / part, target, b" " * (BODY_BYTES_MAX + 1), headers)
    assert status == 413
    if target.startswith("/api/"):
        assert json.loads(text)["error"]["code"] == "PAYLOAD_TOO_LARGE"
    elif way == "through nginx":
        assert "<h1>请求内容过大" in text
    line, = wait_for(lambda: refusals(site)[before:])
    assert f"path={target} " in line and f"body_bytes={BODY_BYTES_MAX + 1}" in line and f"bytes_max={BODY_BYTES_MAX}" in line


def test_a_body_without_a_length_is_bounded_too(site, user):
    def pieces():
        for _ in range(65):
            yield b" " * KIB
    answer = requests.post(site.base + "/api/coin/order", data=pieces(), timeout=10)
    assert answer.status_code == 413 and answer.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"


def test_many_refusals_do_not_flood_the_journal(site):
    target = f"/api/{uuid.uuid4().hex}"
    for _ in range(LINES_PER_MINUTE_MAX + 40):
        assert fastcgi.post(site.run_folder / "web.sock", target, b"", CONTENT_LENGTH=str(BODY_BYTES_MAX + 1))[0] == 413
    assert len(refusals(site, target)) <= LINES_PER_MINUTE_MAX
    for _ in range(5):
        assert requests.post(site.base + target, data=b" " * (BODY_BYTES_MAX + 1), timeout=10).status_code == 413


def test_a_size_is_refused_also_while_the_worker_is_away(site):
    site.kill_worker()
    try:
        for target, kind in [("/api/coin/order", "application/json"), ("/login", "text/html"), (PATH, "application/json")]:
            answer = requests.post(site.base + target, data=b" " * (NOTIFICATION_BYTES_MAX + 1), timeout=10)
            assert answer.status_code == 503 and answer.headers["Content-Type"].startswith(kind), answer.text
    finally:
        site.start_worker()
        site.wait_ready()


def missed_end(shop, stripe_fake, end):
    """A payment whose dispute is known here, and whose end was not heard of."""
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order))["id"]
    shop.flush()
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0
    stripe_fake.book.close_dispute(number, end)
    stripe_fake.hooks.drop()
    return order, number


@pytest.mark.parametrize("end,status,coins", [("won", "PAID", 100), ("lost", "DISPUTED", 0)])
def test_settling_an_order_again_finds_the_end_of_a_dispute(shop, stripe_fake, end, status, coins):
    order, _ = missed_end(shop, stripe_fake, end)
    shop.site.coinpay("order", "resettle", order["order_no"], "--reason", "an event was refused")
    assert shop.status(order) == status and shop.coins() == coins and shop.disputes(order) == [end.upper()]


def test_settling_an_order_again_finds_a_dispute_that_nobody_told_of(shop, stripe_fake):
    order = shop.paid()
    stripe_fake.book.dispute(shop.intent(order))
    stripe_fake.hooks.drop()
    shop.site.coinpay("order", "resettle", order["order_no"], "--reason", "an event was refused")
    assert shop.status(order) == "DISPUTED" and shop.coins() == 0 and shop.disputes(order) == ["OPENED"]


def move_to(day, stripe_fake, number):
    """The lines of the books about a dispute, moved to a day."""
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.timezone.utc)
    for hour, line in enumerate(reversed([x for x in stripe_fake.book.lines if x["source"] == number])):
        line["created"] = int(noon.timestamp()) + 3600 * hour


def reconcile(site, day):
    return site.coinpay("reconcile", "--date", str(day), "--method", "STRIPE", check=False)


def test_the_books_find_the_end_of_a_dispute(shop, stripe_fake):
    order, number = missed_end(shop, stripe_fake, "won")
    day = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    move_to(day, stripe_fake, number)
    reconcile(shop.site, day)
    wait_until(lambda: shop.status(order) == "PAID", "the end of the dispute was not found")
    assert shop.coins() == 100 and shop.disputes(order) == ["WON"]
    reconcile(shop.site, day)
    assert shop.site.value(f"SELECT COUNT(*) FROM reconciliation_items WHERE provider_refund_id = '{number}' "
                           "AND resolved_at IS NULL") == "0"


def test_the_books_find_a_dispute_that_nobody_told_of(shop, stripe_fake):
    order = shop.paid()
    number = stripe_fake.book.dispute(shop.intent(order))["id"]
    stripe_fake.hooks.drop()
    day = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=2)
    move_to(day, stripe_fake, number)
    reconcile(shop.site, day)
    wait_until(lambda: shop.status(order) == "DISPUTED", "the dispute was not found")
    assert shop.coins() == 0 and shop.disputes(order) == ["OPENED"]
    reconcile(shop.site, day)
    assert re.search("SETTLED_SINCE", shop.site.value(
        f"SELECT resolution FROM reconciliation_items WHERE provider_refund_id = '{number}'"))
