"""Many buyers at the same moment, and a provider that takes its time."""

import concurrent.futures
import uuid

import pytest

from support.stack import Client, Stack
from support.stripe_fake import StripeFake
from support.stripe_fixtures import SETTINGS

THREADS = 16
WISH = {"package_id": 1, "payment_method": "STRIPE"}


@pytest.fixture(scope="module")
def rush():
    with StripeFake() as fake, Stack("rush", STRIPE_API_URL=fake.url, COINPAY_WEB_THREADS=THREADS, **SETTINGS) as site:
        yield site, fake
        site.assert_ledger_holds()


@pytest.fixture(autouse=True)
def quick(rush):
    yield
    rush[1].behave()


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1])
def test_as_many_buyers_as_threads_are_all_served_by_a_slow_provider(rush, seconds):
    site, fake = rush
    buyers = [site.new_user() for _ in range(THREADS)]
    fake.misbehave("delay", "POST /v1/payment_intents", seconds=seconds)
    answers = at_once([lambda buyer=buyer: buyer.post("/api/coin/order", WISH) for buyer in buyers])
    assert [answer.status_code for answer in answers] == [200] * THREADS, [answer.text for answer in answers]


def test_a_wish_repeated_while_it_is_made_is_never_told_to_go_elsewhere(rush):
    site, fake = rush
    buyer = site.new_user()
    key = {"Idempotency-Key": uuid.uuid4().hex, "Accept-Language": "en"}
    before = len(fake.sent("POST", "/v1/payment_intents"))
    fake.misbehave("delay", "POST /v1/payment_intents", seconds=3)
    twins = [Client(site.base) for _ in range(8)]
    for twin in twins:
        twin.session.cookies.update(buyer.session.cookies)
    answers = at_once([lambda twin=twin: twin.post("/api/coin/order", WISH, headers=key) for twin in twins])
    made = [answer for answer in answers if answer.status_code == 200]
    assert len({answer.json()["data"]["order_no"] for answer in made}) == 1 and len(made) >= 5
    for answer in answers:
        if answer.status_code != 200:
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (503, "PAYMENT_BEING_MADE")
            assert "still being created" in error["message"] and "available_methods" not in error
            assert answer.headers["Retry-After"] == "2"
    fake.behave()
    again = buyer.post("/api/coin/order", WISH, headers=key)
    assert again.json()["data"]["order_no"] == made[0].json()["data"]["order_no"]
    assert len(fake.sent("POST", "/v1/payment_intents")) == before + 1
