"""The worker dies at each step of a payment's life, and the next one goes on to the same end."""

import re
import time

import pytest
import requests

from support.stack import ROOT, Stack, wait_for
from support.wechat_site import made

MODE = "v3-public-key"
QUEUE_ONLY = {"event-stored"}
POINTS = re.findall(r'case \w+ = "([\w-]+)"', (ROOT / "Sources" / "Threads" / "FaultPoint.swift").read_text())


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
    """A payment's life; every step is repeated until it is done. The worker dies at each of the points that it comes
    to, one after the other, and is replaced."""

    def __init__(self, shop, wechat, points=()):
        self.shop, self.wechat, self.points, self.died = shop, wechat, list(points), []
        self.arm()
        shop.start_worker()
        shop.wait_ready()

    def arm(self):
        """The next worker dies at the first point that is left."""
        left = [point for point in self.points if point not in self.died]
        self.armed = left[0] if left else None
        self.shop.environment.pop("COINPAY_FAULT_POINT", None)
        if self.armed:
            self.shop.environment["COINPAY_FAULT_POINT"] = self.armed
        self.shop.environment["COINPAY_WEBHOOK_MODE"] = "queue" if self.armed in QUEUE_ONLY else "settle"

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
            assert self.armed, "the worker died for no reason"
            self.died.append(self.armed)
            self.arm()
            self.shop.start_worker()
            self.shop.wait_ready()

    def hurry(self):
        """Everything that waits for its time is due."""
        self.shop.sql(
            "UPDATE payments SET next_query_at = NOW(6) WHERE next_query_at > NOW(6); "
            "UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at > NOW(6); "
            "UPDATE payment_events SET next_attempt_at = NOW(6) WHERE next_attempt_at > NOW(6)")

    def order(self, key):
        return self.until(lambda: made(self.shop, self.user.order(method="WECHAT", key=key)))

    def status(self, order):
        return self.shop.value(f"SELECT status FROM coin_orders WHERE order_no = '{order['order_no']}'")

    def live(self):
        self.user = self.shop.new_user()
        told, asked, said, queued, forgotten, left, switched = (
            self.order(key) for key in ("told", "asked", "said", "queued", "forgotten", "left", "switched"))
        self.say(said)
        self.tell(told)
        self.queue(queued)
        self.wechat.pay(MODE, asked["number"])
        self.until(lambda: (self.hurry(), self.status(asked) == "PAID")[1])
        self.end_without_payment(forgotten)
        self.leave(left)
        self.switch(switched)
        self.give_back(told)
        states = {name: self.status(order) for name, order in (
            ("told", told), ("asked", asked), ("said", said), ("queued", queued), ("forgotten", forgotten),
            ("left", left), ("switched", switched))}
        return states | {"balance": self.until(lambda: [self.user.balance()])[0],
                         "refunds": len(self.wechat.trade(MODE, told["number"]).refunds)}

    def tell(self, order):
        """A payment of which a notification tells."""
        news = self.wechat.payment_news(MODE, self.wechat.pay(MODE, order["number"]))
        self.until(lambda: news.post(self.shop.base).status_code == 204)
        self.until(lambda: self.status(order) == "PAID")

    def say(self, order):
        """A payment of which nobody tells but its user."""
        self.wechat.pay(MODE, order["number"])
        check = f"/api/coin/order/{order['order_no']}/check"
        self.until(lambda: (self.forget_questions(), self.user.post(check), self.status(order) == "PAID")[2])

    def forget_questions(self):
        """The next question need not wait until the last one is old enough."""
        self.shop.sql("UPDATE payments SET queried_at = queried_at - INTERVAL 1 HOUR WHERE queried_at IS NOT NULL")

    def queue(self, order):
        """A payment whose notification cannot be settled when it comes."""
        self.shop.sql("CREATE OR REPLACE TRIGGER stop_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW "
                      "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a test'")
        news = self.wechat.payment_news(MODE, self.wechat.pay(MODE, order["number"]))
        self.until(lambda: news.post(self.shop.base).status_code == 204)
        self.shop.sql("DROP TRIGGER stop_ledger")
        self.until(lambda: (self.hurry(), self.status(order) == "PAID")[1])

    def age(self, order):
        """WeChat Pay closes nothing younger than five minutes."""
        self.shop.sql("UPDATE payments SET created_at = created_at - INTERVAL 1 HOUR "
                      f"WHERE out_trade_no = '{order['number']}'")

    def wait_closed(self, order):
        self.until(lambda: (self.hurry(), self.wechat.trade(MODE, order["number"]).state == "CLOSED")[1])
        self.until(lambda: (self.hurry(), self.shop.value(
            f"SELECT status FROM payments WHERE out_trade_no = '{order['number']}'") == "CLOSED")[1])

    def leave(self, order):
        self.age(order)
        self.until(lambda: self.user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200)
        self.wait_closed(order)

    def switch(self, order):
        """Goes on by another method and pays."""
        self.age(order)
        wish = {"payment_method": "MOCK"}
        other = self.until(lambda: self.user.data(self.user.post(f"/api/coin/order/{order['order_no']}/pay", wish)))
        self.wait_closed(order)
        self.until(lambda: self.user.post(f"/api/payment/mock/success/{other['mock_payment_id']}").status_code == 200)
        self.until(lambda: self.status(order) == "PAID")

    def end_without_payment(self, order):
        self.age(order)
        self.shop.sql(
            "UPDATE coin_orders SET expires_at = NOW(6) - INTERVAL 1 SECOND, created_at = created_at - INTERVAL 1 HOUR "
            f"WHERE order_no = '{order['order_no']}'")
        self.wait_closed(order)

    def give_back(self, order):
        self.shop.coinpay("refund", order["order_no"], "--reason", "test", "--key", order["order_no"])
        refunds = self.until(lambda: (self.hurry(), self.wechat.trade(MODE, order["number"]).refunds)[1])
        self.wechat.finish_refund(MODE, refunds[0].out_refund_no)
        self.until(lambda: (self.hurry(), self.status(order) == "REFUNDED")[1])


EXPECTED = {"told": "REFUNDED", "asked": "PAID", "said": "PAID", "queued": "PAID", "forgotten": "EXPIRED",
            "left": "CANCELLED", "switched": "PAID", "balance": 400, "refunds": 1}


def test_a_life_without_a_death(shop, wechat):
    life = Life(shop, wechat)
    assert life.live() == EXPECTED and life.died == []
    shop.assert_ledger_holds()


def test_a_death_between_any_two_steps_changes_nothing(shop, wechat):
    """Several deaths in one life, and as many lives as it takes to die once at every point that there is."""
    left = list(POINTS)
    while left:
        life = Life(shop, wechat, left)
        assert life.live() == EXPECTED
        print(f"died at {', '.join(life.died)}")
        assert left[0] in life.died, f"nothing in this life comes to {left[0]}: let it do so"
        left = [point for point in left if point not in life.died]
        shop.assert_ledger_holds()
        assert wait_for(lambda: (life.hurry(), shop.value(
            "SELECT COUNT(*) FROM payment_events WHERE state <> 'SETTLED'") == "0")[1])


def test_production_knows_no_such_point(shop):
    plain = dict(shop.environment)
    shop.environment.update(COINPAY_FAULT_POINT=POINTS[0], COINPAY_ENV="production")
    try:
        result = shop.coinpay("config", "check", check=False)
    finally:
        shop.environment = plain
    assert result.returncode == 78 and "COINPAY_FAULT_POINT exists in development only" in result.stderr
