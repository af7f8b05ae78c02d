"""A site that sells by Alipay, as its buyers and Alipay see it."""

import requests

from .stack import Stack, wait_for

WISH = {"package_id": 1, "payment_method": "ALIPAY"}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def alipay_stack(alipay, mode, name, **more):
    """A site whose notify URL leads to itself, as far as Alipay's gateway on this machine is concerned."""
    stack = Stack(f"alipay-{name}-{mode}")
    stack.environment |= alipay.settings(mode, site=stack.base, **more)
    return stack


def made(site, order):
    """The order with the number that Alipay knows."""
    order["number"] = site.value(
        "SELECT out_trade_no FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order['order_no']}' AND p.provider = 'ALIPAY' ORDER BY p.id DESC LIMIT 1")
    return order


def visited(order):
    """The order after the browser went to Alipay's page; the trade begins there when the buyer signs in."""
    shown = requests.get(order["payment_url"], timeout=10)
    assert shown.status_code == 200 and order["number"] in shown.text, shown.text
    return order


def payment_status(site, order):
    return site.value(f"SELECT status FROM payments WHERE provider = 'ALIPAY' AND out_trade_no = '{order['number']}'")


def event_count(site):
    return int(site.value("SELECT COUNT(*) FROM payment_events"))


def wait_until_it_works(user):
    """The breaker may be open; it lets a probe through after ten seconds."""
    wait_for(lambda: user.post("/api/coin/order", WISH).status_code == 200)
