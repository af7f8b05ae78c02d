"""Many buyers at the same moment, and a provider that takes its time."""

import concurrent.futures

import pytest

from support.stack import Stack
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
