"""The worker dies at each step of a payment's life, and the next one goes on to the same end."""

import re
import time

import pytest
import requests

from support.stack import ROOT, Stack, wait_for
from support.wechat import WeChatServer
from support.wechat_site import made

MODE = "v3-public-key"
POINTS = re.findall(r'case \w+ = "([\w-]+)"', (ROOT / "Sources" / "Threads" / "FaultPoint.swift").read_text())


@pytest.fixture(scope="module")
def wechat():
    with WeChatServer() as server:
        yield server


@pytest.fixture(scope="module")
def shop(wechat):
    with Stack("steps", **wechat.settings(MODE)) as stack:
        yield stack


def is_alive(shop):
    try:
        return "serve" in open(f"/proc/{shop.pid('worker')}/cmdline").read()
    except OSError:
        return False


class Life:
    """A payment's life; every step is repeated until it is done, and a dead worker is replaced."""

    def __init__(self, shop, wechat):
        self.shop, self.wechat, self.deaths = shop, wechat, 0

    def until(self, step, seconds=40):
        end = time.monotonic() + seconds
        while True:
            try:
                if result := step():
                    return result
            except (requests.RequestException, AssertionError, KeyError):
                pass
            self.revive()
            assert time.monotonic() < end, "a step was never done"
            time.sleep(0.1)

    def revive(self):
        if not is_alive(self.shop):
            self.deaths += 1
            self.shop.environment.pop("COINPAY_FAULT_POINT", None)
            self.shop.start_worker()
            self.shop.wait_ready()

    def hurry(self):
        """Everything that waits for its time is due."""
        self.shop.sql(
            "UPDATE payments SET next_query_at = NOW(6) WHERE next_query_at > NOW(6); "
            "UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at > NOW(6)")

    def order(self, key):
        return self.until(lambda: made(self.shop, self.user.order(method="WECHAT", key=key)))

    def status(self, order):
        return self.shop.value(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")

    def live(self):
        self.user = self.shop.new_user()
        told, asked, forgotten = self.order("told"), self.order("asked"), self.order("forgotten")
        # One payment is told by a notification, one has to be asked for, one is never paid.
        news = self.wechat.payment_news(MODE, self.wechat.pay(MODE, told["number"]))
        self.until(lambda: news.post(self.shop.base).status_code == 204)
        self.wechat.pay(MODE, asked["number"])
        self.until(lambda: (self.hurry(), self.status(asked) == "PAID")[1])
        self.end_without_payment(forgotten)
        self.give_back(told)
        return {"told": self.status(told), "asked": self.status(asked), "forgotten": self.status(forgotten),
                "balance": self.until(lambda: [self.user.balance()])[0],
                "refunds": len(self.wechat.trade(MODE, told["number"]).refunds)}

    def end_without_payment(self, order):
        self.shop.sql(
            "UPDATE coin_orders SET expires_at = NOW(6) - INTERVAL 1 SECOND, created_at = created_at - INTERVAL 1 HOUR "
            f"WHERE order_no = '{order['order_no']}'; UPDATE payments SET created_at = created_at - INTERVAL 1 HOUR "
            f"WHERE out_trade_no = '{order['number']}'")
        self.until(lambda: (self.hurry(), self.wechat.trade(MODE, order["number"]).state == "CLOSED")[1])
        self.until(lambda: (self.hurry(), self.shop.value(
            f"SELECT status FROM payments WHERE out_trade_no = '{order['number']}'") == "CLOSED")[1])

    def give_back(self, order):
        self.shop.coinpay("refund", order["order_no"], "--reason", "test", "--key", order["order_no"])
        refunds = self.until(lambda: (self.hurry(), self.wechat.trade(MODE, order["number"]).refunds)[1])
        self.wechat.finish_refund(MODE, refunds[0].out_refund_no)
        self.until(lambda: (self.hurry(), self.status(order) == "REFUNDED")[1])


EXPECTED = {"told": "REFUNDED", "asked": "PAID", "forgotten": "EXPIRED", "balance": 100, "refunds": 1}


def test_a_life_without_a_death(shop, wechat):
    life = Life(shop, wechat)
    assert life.live() == EXPECTED and life.deaths == 0
    shop.assert_ledger_holds()


@pytest.mark.parametrize("point", POINTS)
def test_a_death_between_two_steps_changes_nothing(shop, wechat, point):
    shop.environment["COINPAY_FAULT_POINT"] = point
    shop.start_worker()
    shop.wait_ready()
    life = Life(shop, wechat)
    assert life.live() == EXPECTED
    assert life.deaths == 1, "the worker was meant to die once"
    shop.assert_ledger_holds()
    assert wait_for(lambda: shop.value("SELECT COUNT(*) FROM payment_events WHERE state <> 'SETTLED'") == "0")


def test_production_knows_no_such_point(shop):
    plain = dict(shop.environment)
    shop.environment.update(COINPAY_FAULT_POINT=POINTS[0], COINPAY_ENV="production")
    try:
        result = shop.coinpay("config", "check", check=False)
    finally:
        shop.environment = plain
    assert result.returncode == 78 and "COINPAY_FAULT_POINT exists in development only" in result.stderr
