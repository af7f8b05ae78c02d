"""Two workers on one database share the queue and the caretaker's duties; nothing is done twice, nothing is left."""

import os
import re
import signal
import subprocess
import uuid

import pytest

from support.stack import Stack, wait_for
from support.stripe_fake import StripeFake
from support.stripe_fixtures import deliver, event, intent
from support.stripe_site import TWO_SECRETS, Shop

BUYERS = 10
# More than the settlers of one worker take at once: two groups of 64.
ORDERS = 200
REFUNDS = 12


def credits(log):
    return log.count("outcome=CREDITED")


class SecondWorker:
    """Another process of the same site, as on another host."""

    def __init__(self, stack):
        self.stack = stack
        settings = dict(re.findall(r"export (\w+)='(.*)'", stack.dev("env").stdout))
        binary = os.readlink(f"/proc/{stack.pid('worker')}/exe")
        name = f"second-{uuid.uuid4().hex[:6]}"
        self.log = stack.folder / "logs" / f"{name}.log"
        sockets = [str(stack.run_folder / f"{name}-{pool}") for pool in ("web", "webhook")]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [binary, "serve", "--web-socket", sockets[0], "--webhook-socket", sockets[1]],
                env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: " ready " in self.log.read_text())

    def credits(self):
        return credits(self.log.read_text())

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(60)


@pytest.fixture(scope="module")
def fake():
    with StripeFake() as server:
        yield server
        assert server.problems == []


@pytest.fixture(scope="module")
def stack(fake):
    with Stack("two", STRIPE_API_URL=fake.url, STRIPE_CHECKOUT="elements", **TWO_SECRETS) as site:
        yield site


@pytest.fixture
def shops(stack, fake):
    return [Shop(stack, fake, stack.new_user()) for _ in range(BUYERS)]


def queue_up(stack, shops, count):
    """Notifications that are stored and wait for their time; the ledger is slow from now on."""
    stack.sql("CREATE OR REPLACE TRIGGER slow_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW "
              "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a test'")
    for number in range(count):
        order = shops[number % len(shops)].order()
        assert deliver(stack.base, event(intent(order["number"], 149))).status_code == 200
    stack.sql("UPDATE payment_events SET next_attempt_at = NOW(6) + INTERVAL 1 HOUR, attempts = 1 WHERE state = 'PENDING'; "
              "CREATE OR REPLACE TRIGGER slow_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW DO SLEEP(0.05)")
    assert stack.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PENDING'") == str(count)


def release(stack):
    stack.sql("UPDATE payment_events SET next_attempt_at = NOW(6) WHERE state = 'PENDING'")


def pending(stack):
    return int(stack.value("SELECT COUNT(*) FROM payment_events WHERE state = 'PENDING'"))


def coins(shops):
    return sum(shop.coins() for shop in shops)


def test_two_workers_share_the_queue(stack, shops):
    queue_up(stack, shops, ORDERS)
    before = credits(stack.worker_log())
    second = SecondWorker(stack)
    try:
        release(stack)
        wait_for(lambda: pending(stack) == 0, seconds=90)
        first = credits(stack.worker_log()) - before
    finally:
        second.end()
        stack.sql("DROP TRIGGER slow_ledger")
    print(f"credited by the first worker {first}, by the second {second.credits()}")
    assert first > 0 and second.credits() > 0 and first + second.credits() == ORDERS
    assert coins(shops) == 100 * ORDERS
    stack.assert_ledger_holds()


def test_what_a_worker_had_taken_when_it_died_is_settled_by_the_other(stack, shops):
    queue_up(stack, shops, ORDERS)
    second = SecondWorker(stack)
    try:
        release(stack)
        # Somebody holds events now; the death of the second lets go of what it holds.
        wait_for(lambda: stack.value("SELECT COUNT(*) FROM information_schema.processlist "
                                     "WHERE state = 'User sleep'") != "0")
        second.end(signal.SIGKILL)
        wait_for(lambda: pending(stack) == 0, seconds=90)
    finally:
        stack.sql("DROP TRIGGER slow_ledger")
    assert coins(shops) == 100 * ORDERS
    stack.assert_ledger_holds()


def test_two_workers_refund_once(stack, shops, fake):
    shop = shops[0]
    orders = [shop.paid() for _ in range(REFUNDS)]
    second = SecondWorker(stack)
    try:
        calls = len(fake.sent("POST", "/v1/refunds"))
        for order in orders:
            stack.coinpay("refund", order["order_no"], "--reason", "test")
        wait_for(lambda: all(shop.refunds(order)[0][0] == "SUCCEEDED" for order in orders), seconds=60)
        assert len(fake.sent("POST", "/v1/refunds")) - calls == REFUNDS
    finally:
        second.end()
    assert shop.coins() == 0
    stack.assert_ledger_holds()
