"""Bytes that are of no character, in what nobody uses, do not keep a payment or a day of the books from being read."""

import datetime
import hmac
import json
import time

import pytest
import requests

from support.alipay import is_accepted as is_accepted_by_alipay
from support.alipay import PATH as ALIPAY_PATH
from support.alipay_forged import ODD_BYTES
from support.alipay_forger import Forger as AlipayForger
from support.alipay_site import alipay_stack, visited
from support.alipay_site import made as made_by_alipay
from support.alipay_site import payment_status as alipay_status
from support.stack import Stack
from support.stripe_fixtures import PATH, WEBHOOK_SECRET
from support.wechat_forger import Forger as WeChatForger
from support.wechat_news import is_accepted, pretend_paid
from support.wechat_site import made as made_by_wechat
from support.wechat_site import payment_status as wechat_status

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
# In place of the last character of a name, its first byte; 0x80 alone; bytes of no character at all.
ODD_NAMES = ["金币\udcbd", "\udc80", "1000\udc80金\udcff币\udcff"]


@pytest.fixture(scope="module")
def alipay_site(alipay):
    with alipay_stack(alipay, "key", "odd") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture(scope="module")
def wechat_site(wechat):
    with Stack("wechat-odd", **wechat.settings("v2")) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.mark.parametrize("name", ODD_BYTES)
def test_a_notice_of_alipay_is_believed_over_its_bytes(alipay_site, alipay, name):
    user = alipay_site.new_user()
    order = visited(made_by_alipay(alipay_site, user.order(method="ALIPAY")))
    forger = AlipayForger(alipay, "key", order["number"], alipay_site.base + ALIPAY_PATH, "x")
    assert is_accepted_by_alipay(ODD_BYTES[name](forger).post())
    assert alipay_status(alipay_site, order) == "SUCCEEDED" and user.balance() == 100


@pytest.mark.parametrize("odd", [b"\x80", b"\xe9\x87", b"\xff\xfe", b"\xed\xa0\x80", "金币".encode("gbk")])
def test_a_notice_of_wechat_is_believed_over_its_bytes(wechat_site, wechat, odd):
    user = wechat_site.new_user()
    order = made_by_wechat(wechat_site, user.order(method="WECHAT"))
    merchant = wechat.accounts["v2"]
    forger = WeChatForger(merchant, None, pretend_paid(wechat.trade("v2", order["number"])), None, wechat.platform)
    forged = forger.v2_bytes(attach=odd)
    assert not is_accepted(forged.with_body(forged.body.replace(odd, b"\xfe")).post(wechat_site.base), "v2")
    assert is_accepted(forged.post(wechat_site.base), "v2")
    assert wechat_status(wechat_site, order) == "SUCCEEDED" and user.balance() == 100


def test_an_event_of_stripe_is_believed_over_its_bytes(shop, stripe_fake):
    order = shop.order()
    shop.pay(order)
    for event in stripe_fake.hooks.drop():
        event["data"]["object"]["description"] = "ODD"
        body = json.dumps(event).encode().replace(b'"ODD"', b'"\xe9\x87"')
        moment = str(int(time.time()))
        signature = hmac.new(WEBHOOK_SECRET.encode(), moment.encode() + b"." + body, "sha256").hexdigest()
        answer = requests.post(shop.site.base + PATH, data=body, timeout=10, headers={
            "Content-Type": "application/json", "Stripe-Signature": f"t={moment},v1={signature}"})
        assert answer.status_code == 200, answer.text
    assert shop.status(order) == "PAID" and shop.coins() == 100


def day_before(days):
    return (datetime.datetime.now(BEIJING) - datetime.timedelta(days=days)).date()


def reconcile(site, method, day):
    result = site.coinpay("reconcile", "--date", str(day), "--method", method, check=False)
    return result.returncode, result.stdout + result.stderr


def paid_at_alipay(site, alipay, user, days_ago, **odd):
    """Paid, and Alipay has told nobody."""
    order = visited(made_by_alipay(site, user.order(method="ALIPAY")))
    alipay.control("pay", mode="key", out_trade_no=order["number"], days_ago=days_ago)
    alipay.control("write_oddly", mode="key", out_trade_no=order["number"], **odd)
    return order


def test_odd_names_do_not_lose_a_day_of_alipay(alipay_site, alipay):
    user = alipay_site.new_user()
    orders = [paid_at_alipay(alipay_site, alipay, user, 1, subject=name) for name in ["plain", *ODD_NAMES]]
    assert reconcile(alipay_site, "ALIPAY", day_before(1))[0] == 0
    assert {alipay_status(alipay_site, order) for order in orders} == {"SUCCEEDED"}
    assert user.balance() == 100 * len(orders)


def test_a_line_of_alipay_that_cannot_be_read_is_named_and_the_rest_is_compared(alipay_site, alipay):
    user = alipay_site.new_user()
    first = paid_at_alipay(alipay_site, alipay, user, 2)
    odd = paid_at_alipay(alipay_site, alipay, user, 2, trade_no="2026\udc80")
    last = paid_at_alipay(alipay_site, alipay, user, 2)
    code, said = reconcile(alipay_site, "ALIPAY", day_before(2))
    assert code == 1 and "critical lines of a provider's books could not be read" in said
    assert "COMPLETE" in said and "unreadable lines: 7" in said, said
    assert [alipay_status(alipay_site, o) for o in (first, odd, last)] == ["SUCCEEDED", "PENDING", "SUCCEEDED"]
    books = alipay_site.coinpay("provider", "books", "ALIPAY", "--date", str(day_before(2)), check=False)
    assert books.returncode == 1 and "1 lines cannot be read: 7" in books.stderr


def paid_at_wechat(site, wechat, user, days_ago, subject, transaction_id=None):
    order = made_by_wechat(site, user.order(method="WECHAT"))
    at = datetime.datetime.now(BEIJING).replace(microsecond=0) - datetime.timedelta(days=days_ago)
    trade = wechat.pay("v2", order["number"], at=at)
    trade.terms["subject"] = subject
    trade.transaction_id = transaction_id or trade.transaction_id
    return order


def test_odd_names_do_not_lose_a_day_of_wechat(wechat_site, wechat):
    user = wechat_site.new_user()
    orders = [paid_at_wechat(wechat_site, wechat, user, 1, name) for name in ["plain", *ODD_NAMES]]
    assert reconcile(wechat_site, "WECHAT", day_before(1))[0] == 0
    assert {wechat_status(wechat_site, order) for order in orders} == {"SUCCEEDED"}
    assert user.balance() == 100 * len(orders)


def test_a_line_of_wechat_that_cannot_be_read_is_named_and_the_rest_is_compared(wechat_site, wechat):
    user = wechat_site.new_user()
    first = paid_at_wechat(wechat_site, wechat, user, 2, "a")
    odd = paid_at_wechat(wechat_site, wechat, user, 2, "b", transaction_id="4200\udc80")
    last = paid_at_wechat(wechat_site, wechat, user, 2, "c")
    code, said = reconcile(wechat_site, "WECHAT", day_before(2))
    assert code == 1 and "unreadable lines: 3" in said, said
    assert wechat_status(wechat_site, first) == wechat_status(wechat_site, last) == "SUCCEEDED"
    assert wechat_status(wechat_site, odd) != "FAILED"
