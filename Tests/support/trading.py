"""A day and a half of trade whose payments were really made, and then moved back in time."""

import uuid

from .stack import wait_for

# From one order to the one before it: with so many orders more than a day.
STEP_MINUTES = 47
COUNTED_SECONDS = 60
# What becomes of the orders, one after the other; a method's name means an order that is called off.
ENDS = ("success", "success", "ALIPAY", "success", "failure", "success", "success", "WECHAT")
QUARTER = "TIMESTAMPDIFF(SECOND, '1970-01-01', {}) DIV 900"


def trade(site, operator, orders=48):
    """Orders with every end, some given back, all of them counted."""
    user = site.new_user()
    ends = [ENDS[number % len(ENDS)] for number in range(orders)]
    numbers = [_end(user, end, package=1 + number % 3) for number, end in enumerate(ends)]
    for number in [number for number, end in zip(numbers, ends) if end == "success"][:3]:
        operator.act(f"/orders/{number}/refund",
                     {"amount": "4.50", "reason": "客户要求", "rule": "take-back", "key": uuid.uuid4().hex})
    wait_for(lambda: site.value("SELECT COUNT(*) FROM refunds WHERE status = 'SUCCEEDED'") >= "3")
    names = ", ".join(f"'{number}'" for number in numbers)
    back = f"INTERVAL (o.id - (SELECT MIN(id) FROM coin_orders WHERE order_no IN ({names}))) * {STEP_MINUTES} MINUTE"
    site.sql(f"""
        UPDATE coin_orders o JOIN payments p ON p.order_id = o.id SET p.created_at = p.created_at - {back},
          p.succeeded_at = p.succeeded_at - {back} WHERE o.order_no IN ({names});
        UPDATE coin_orders o SET o.created_at = o.created_at - {back} - INTERVAL 5 + o.id * 37 % 90 SECOND,
          o.paid_at = o.paid_at - {back} WHERE o.order_no IN ({names});
        INSERT IGNORE INTO statistics_stale (quarter)
          SELECT {QUARTER.format("created_at")} FROM payments
          UNION SELECT {QUARTER.format("succeeded_at")} FROM payments WHERE succeeded_at IS NOT NULL
          UNION SELECT {QUARTER.format("received_at")} FROM payment_events""")
    # What has just happened is counted again for a while; what was moved is counted once.
    moved = f"quarter < {QUARTER.format('UTC_TIMESTAMP() - INTERVAL 20 MINUTE')}"
    wait_for(lambda: site.value(f"SELECT COUNT(*) FROM statistics_stale WHERE {moved}") == "0", COUNTED_SECONDS)
    return user


def _end(user, end, package):
    if end in ("success", "failure"):
        number = user.order(package=package)["mock_payment_id"]
        user.data(user.post(f"/api/payment/mock/{end}/{number}"))
        return number
    number = user.order(package=package, method=end)["order_no"]
    user.data(user.post(f"/api/coin/order/{number}/cancel"))
    return number
