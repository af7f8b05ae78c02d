"""Money that no order can be credited with, and successes that have to be confirmed."""

import re
import uuid

import pytest

from support.stack import Stack, wait_for
from support.stripe_fixtures import SETTINGS, deliver, event, intent
from support.wechat_site import deliver as deliver_wechat
from support.wechat_site import made

MODE = "v3-public-key"
# A number of our form that no payment of ours has; what has none of our form is of other software.
OURS = {"out_trade_no": "COIN_20200101_00000000"}


def test_unmatched_money_is_kept_until_somebody_says_what_it_was(site):
    pi = "pi_" + uuid.uuid4().hex
    assert deliver(site.base, event(intent(pi, 4200, metadata=OURS))).status_code == 200
    line = next(line for line in site.coinpay("suspense", "list").stdout.splitlines() if pi in line)
    assert "42.00 USD" in line and "unmatched" in line
    number = line.split()[0]
    assert site.coinpay("suspense", "resolve", number, "--reason", "another shop's").returncode == 0
    assert pi not in site.coinpay("suspense", "list").stdout
    again = site.coinpay("suspense", "resolve", number, "--reason", "twice", check=False)
    assert again.returncode == 1 and "no open entry" in again.stderr


def test_another_amount_goes_to_suspense_too(site, user):
    order = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    deliver(site.base, event(intent(pi, 150)))
    line = next(line for line in site.coinpay("suspense", "list").stdout.splitlines() if pi in line)
    assert "1.50 USD" in line and "amount" in line
    assert "1.50 USD" in site.coinpay("order", "show", order["order_no"]).stdout
    page = user.get(f"/coin/pay/{order['order_no']}").text
    assert "data-looked-at>" in page and "请不要再付一次" in page
    assert user.status(order["order_no"])["is_looked_at"] is True
    # Until somebody has found out what it is.
    site.coinpay("suspense", "resolve", line.split()[0], "--reason", "given back by hand")
    assert "data-looked-at>" not in user.get(f"/coin/pay/{order['order_no']}").text
    assert user.status(order["order_no"])["is_looked_at"] is False


def test_money_in_suspense_for_a_day_is_alarmed_about(site):
    pi = "pi_" + uuid.uuid4().hex
    deliver(site.base, event(intent(pi, 4300, metadata=OURS)))
    site.sql("UPDATE suspense_entries SET created_at = created_at - INTERVAL 25 HOUR WHERE amount = 4300")
    wait_for(lambda: "money has been in suspense for more than a day" in site.worker_log())


@pytest.fixture(scope="module")
def careful(wechat):
    with Stack("careful", COINPAY_CONFIRM_ABOVE="CNY:9.89", **wechat.settings(MODE), **SETTINGS,
               STRIPE_API_URL="http://127.0.0.1:1") as stack:
        yield stack


def suspended(shop, order):
    """Why money of an order is in suspense."""
    lines = shop.coinpay("suspense", "list").stdout.splitlines()
    return [re.search(r"\d+\.\d\d [A-Z]{3}  (\S+)", line)[1] for line in lines if order["number"] in line]


def test_a_large_success_credits_after_the_provider_was_asked(careful, wechat):
    user = careful.new_user()
    order = made(careful, user.order(method="WECHAT"))
    deliver_wechat(careful, MODE, wechat.payment_news(MODE, wechat.pay(MODE, order["number"])))
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    assert user.balance() == 100 and wechat.calls("out-trade-no", order["number"])
    assert suspended(careful, order) == []
    outcomes = {row[0] for row in careful.sql(
        f"SELECT outcome FROM payment_events WHERE out_trade_no = '{order['number']}'")}
    assert {"CONFIRMING", "CREDITED"} <= outcomes
    careful.assert_ledger_holds(without_seals=True)


def test_a_forged_success_with_a_leaked_key_credits_nothing(careful, wechat):
    user = careful.new_user()
    order = made(careful, user.order(method="WECHAT"))
    trade = wechat.trade(MODE, order["number"])
    from support.wechat_news import pretend_paid
    deliver_wechat(careful, MODE, wechat.payment_news(MODE, pretend_paid(trade)))
    wait_for(lambda: wechat.calls("out-trade-no", order["number"]))
    wait_for(lambda: careful.value(
        f"SELECT queries FROM payments WHERE out_trade_no = '{order['number']}'") != "0")
    assert user.balance() == 0 and user.status(order["order_no"])["status"] == "PENDING"
    # Seen by operators at once, and until somebody says what it was.
    assert suspended(careful, order) == ["unconfirmed"]
    wait_for(lambda: "signed news is not confirmed by the provider" in careful.worker_log())
    careful.assert_ledger_holds(without_seals=True)


def test_late_money_is_confirmed_and_then_credited(careful, wechat):
    user = careful.new_user()
    order = made(careful, user.order(method="WECHAT"))
    news = wechat.payment_news(MODE, wechat.pay(MODE, order["number"]))
    careful.sql("UPDATE coin_orders SET status = 'EXPIRED', expires_at = NOW(6) - INTERVAL 1 HOUR "
                f"WHERE order_no = '{order['order_no']}'; UPDATE payments SET status = 'CLOSED', next_query_at = NULL "
                f"WHERE out_trade_no = '{order['number']}'; INSERT INTO order_transitions (order_id, payment_id, "
                "from_status, to_status, actor, cause, created_at) SELECT order_id, id, 'PENDING', 'CLOSED', 'system', "
                f"'test', NOW(6) FROM payments WHERE out_trade_no = '{order['number']}' UNION ALL SELECT order_id, NULL, "
                f"'PENDING', 'EXPIRED', 'system', 'test', NOW(6) FROM payments WHERE out_trade_no = '{order['number']}'")
    deliver_wechat(careful, MODE, news)
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    assert user.balance() == 100
    careful.assert_ledger_holds(without_seals=True)
