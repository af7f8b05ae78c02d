"""A site that sells by WeChat Pay, as its buyers and WeChat Pay see it."""

import contextlib
import functools

from .stack import Stack, wait_for
from .wechat_news import is_accepted

WISH = {"package_id": 1, "payment_method": "WECHAT"}


@contextlib.contextmanager
def sites_of(wechat, name):
    """Gives the site of a mode; each starts when it is first asked for and runs until the end."""
    with contextlib.ExitStack() as running:
        yield functools.cache(
            lambda mode: running.enter_context(Stack(f"{name}-{mode}", **wechat.settings(mode))))


def version(mode):
    return "v3" if mode.startswith("v3") else "v2"


def made(site, order):
    """The order with the number that WeChat Pay knows."""
    order["number"] = site.value(
        "SELECT out_trade_no FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order['order_no']}' AND p.provider = 'WECHAT' ORDER BY p.id DESC LIMIT 1")
    return order


def payment_status(site, order):
    return site.value(f"SELECT status FROM payments WHERE provider = 'WECHAT' AND out_trade_no = '{order['number']}'")


def notification_count(site):
    """What notifications left behind; the worker's own queries of other orders go on meanwhile."""
    return int(site.value("SELECT COUNT(*) FROM payment_events WHERE source = 'NOTIFICATION'"))


def deliver(site, mode, news):
    answer = news.post(site.base)
    assert is_accepted(answer, version(mode)), (answer.status_code, answer.text)


def wait_until_it_works(user):
    """The breaker may be open; it lets a probe through after ten seconds."""
    wait_for(lambda: user.post("/api/coin/order", WISH).status_code == 200)
