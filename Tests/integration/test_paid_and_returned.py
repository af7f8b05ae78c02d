"""Money that was paid and given back before the site heard of it, and refunds of the console beside ours."""

import uuid

import pytest

from support.alipay import PATH
from support.alipay_site import made as made_by_alipay
from support.alipay_site import visited
from support.stack import Stack, wait_for
from support.stripe_site import Shop
from support.wechat_site import deliver, made

REFUND_CALL = "alipay.trade.refund"


def status(site, order_no):
    return site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order_no}'")


def amounts(site, order_no):
    return sorted(int(row[0]) for row in site.sql(
        "SELECT r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order_no}' AND r.status <> 'FAILED'"))


def ask(site):
    site.sql("UPDATE payments SET next_query_at = NOW(6) WHERE next_query_at IS NOT NULL")


@pytest.fixture(scope="module", params=["v2", "v3-public-key"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def shop(wechat, mode):
    settings = wechat.settings(mode, tls=mode == "v2")
    with Stack(f"returned-{mode}", COINPAY_CA_FILE=wechat.ca_file, **settings) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def buyer(shop):
    return shop.new_user()


@pytest.mark.parametrize("finished", [True, False])
def test_a_query_of_wechat_finds_the_refunds_or_somebody_has_to_look(shop, wechat, mode, buyer, finished):
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    trade, number = wechat.pay(mode, order["number"]), f"C{uuid.uuid4().hex[:20]}"
    wechat.book.refund(trade, number, 495, 990)
    if finished:
        wechat.finish_refund(mode, number)
    seen = len(shop.worker_log())
    if mode == "v2":
        wanted = "PARTIALLY_REFUNDED" if finished else "REFUNDING"
        wait_for(lambda: (ask(shop), status(shop, order["order_no"]) == wanted)[1])
        assert buyer.balance() == 50 and amounts(shop, order["order_no"]) == [495]
        return
    payment = f"SELECT status FROM payments WHERE out_trade_no = '{order['number']}'"
    wait_for(lambda: (ask(shop), shop.value(payment) == "SUSPICIOUS")[1])
    assert buyer.balance() == 0 and status(shop, order["order_no"]) == "PENDING"
    assert "event contradicts the stored payment" in shop.worker_log()[seen:]


def test_a_notification_of_a_trade_that_was_given_back_credits_nothing_more(shop, wechat, mode, buyer):
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    trade, number = wechat.pay(mode, order["number"]), f"C{uuid.uuid4().hex[:20]}"
    wechat.book.refund(trade, number, 495, 990)
    wechat.finish_refund(mode, number)
    deliver(shop, mode, wechat.payment_news(mode, trade, trade_state="REFUND"))
    assert buyer.balance() == (50 if mode == "v2" else 0)


def test_a_notification_from_before_the_refund_credits_nothing_more(shop, wechat, mode, buyer):
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    trade, number = wechat.pay(mode, order["number"]), f"C{uuid.uuid4().hex[:20]}"
    late = wechat.payment_news(mode, trade)
    wechat.book.refund(trade, number, 495, 990)
    wechat.finish_refund(mode, number)
    wanted = "SUCCEEDED" if mode == "v2" else "SUSPICIOUS"
    payment = f"SELECT status FROM payments WHERE out_trade_no = '{order['number']}'"
    wait_for(lambda: (ask(shop), shop.value(payment) == wanted)[1])
    deliver(shop, mode, late)
    assert buyer.balance() == (50 if mode == "v2" else 0)
    assert shop.value(payment) == wanted


def test_refunds_that_are_listed_only_later_are_settled_when_it_is_told_again(shop, wechat, mode, buyer):
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    trade, number = wechat.pay(mode, order["number"]), f"C{uuid.uuid4().hex[:20]}"
    trade.state = "REFUND"
    payment = f"SELECT status FROM payments WHERE out_trade_no = '{order['number']}'"
    wait_for(lambda: (ask(shop), shop.value(payment) == "SUSPICIOUS")[1])
    wechat.book.refund(trade, number, 495, 990)
    wechat.finish_refund(mode, number)
    deliver(shop, mode, wechat.payment_news(mode, trade, trade_state="REFUND"))
    assert buyer.balance() == (50 if mode == "v2" else 0)
    if mode == "v2":
        assert status(shop, order["order_no"]) == "PARTIALLY_REFUNDED" and amounts(shop, order["order_no"]) == [495]


# Stripe

def test_a_refunded_charge_of_stripe_is_found_with_its_payment(shop_site, stripe_fake, checkout):
    dealer = Shop(shop_site, stripe_fake, shop_site.new_user())
    order = dealer.order()
    dealer.pay(order)
    charge = stripe_fake.book.objects[stripe_fake.book.objects[dealer.intent(order)]["latest_charge"]]
    stripe_fake.book.add_refund(charge, 49, None, {})
    stripe_fake.hooks.drop()
    wait_for(lambda: (ask(shop_site), dealer.status(order) != "PENDING")[1])
    assert dealer.status(order) == "PARTIALLY_REFUNDED" and dealer.coins() == 67


# Alipay

@pytest.fixture(scope="module")
def alipay_shop(alipay):
    with Stack("returned-alipay", **alipay.settings("key")) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def by_alipay(alipay_shop, alipay):
    """An order of 100 coins for 9.90, paid by Alipay, with its buyer; nothing was heard of the payment."""
    user = alipay_shop.new_user()
    order = visited(made_by_alipay(alipay_shop, user.order(method="ALIPAY")))
    alipay.pay("key", order["number"])
    yield user, order["order_no"], order["number"]
    alipay.behave()


def tell(alipay, site, number):
    assert alipay.notice("key", number).post(site.base + PATH).content == b"success"


def test_a_payment_of_alipay_and_its_refund_are_heard_of_together(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    alipay.control("refund", mode="key", out_trade_no=number, amount=495)
    tell(alipay, alipay_shop, number)
    assert status(alipay_shop, order_no) == "PARTIALLY_REFUNDED" and user.balance() == 50


@pytest.mark.parametrize("theirs", [200, 300])
def test_a_refund_of_the_console_is_not_taken_for_one_of_ours(alipay_shop, alipay, by_alipay, theirs):
    user, order_no, number = by_alipay
    tell(alipay, alipay_shop, number)
    alipay.misbehave("error", f"{REFUND_CALL}$")
    alipay_shop.coinpay("refund", order_no, "--reason", "asked by the buyer", "--amount", "2")
    wait_for(lambda: alipay_shop.value(f"SELECT attempts FROM refunds WHERE out_request_no = '{number}_R1'") != "0")
    alipay.control("refund", mode="key", out_trade_no=number, amount=theirs)
    tell(alipay, alipay_shop, number)
    assert amounts(alipay_shop, order_no) == sorted([200, theirs])
    alipay.behave()
    due = "UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at IS NOT NULL"
    wait_for(lambda: (alipay_shop.sql(due), status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")[1])
    tell(alipay, alipay_shop, number)
    assert alipay.trade("key", number)["refunded"] == 200 + theirs
    assert amounts(alipay_shop, order_no) == sorted([200, theirs])
    assert user.balance() == 100 - -(-100 * (200 + theirs) // 990)


@pytest.fixture
def telling(alipay):
    alipay.control("tell_refunds", on=True)
    yield
    alipay.control("tell_refunds", on=False)


def test_a_query_that_tells_what_was_given_back_settles_both(alipay_shop, alipay, by_alipay, telling):
    user, order_no, number = by_alipay
    alipay.control("refund", mode="key", out_trade_no=number, amount=495)
    wait_for(lambda: (ask(alipay_shop), status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")[1])
    assert user.balance() == 50 and amounts(alipay_shop, order_no) == [495]
    tell(alipay, alipay_shop, number)
    assert user.balance() == 50 and amounts(alipay_shop, order_no) == [495]


def test_a_refund_that_nobody_told_of_is_found_when_alipay_is_asked_again(alipay_shop, alipay, by_alipay, telling):
    user, order_no, number = by_alipay
    tell(alipay, alipay_shop, number)
    alipay.control("refund", mode="key", out_trade_no=number, amount=495)
    alipay_shop.coinpay("order", "resettle", order_no, "--reason", "the buyer has the money")
    assert status(alipay_shop, order_no) == "PARTIALLY_REFUNDED"
    assert user.balance() == 50 and amounts(alipay_shop, order_no) == [495]


def test_what_was_paid_and_given_back_as_a_whole_is_booked_as_both(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    old = alipay.notice("key", number)
    alipay.control("refund", mode="key", out_trade_no=number, amount=990)
    wait_for(lambda: (ask(alipay_shop), status(alipay_shop, order_no) == "REFUNDED")[1])
    assert old.post(alipay_shop.base + PATH).content == b"success"
    assert user.balance() == 0 and amounts(alipay_shop, order_no) == [990]
    tell(alipay, alipay_shop, number)
    assert user.balance() == 0 and amounts(alipay_shop, order_no) == [990]


def test_an_old_success_of_a_closed_payment_is_asked_about(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    old = alipay.notice("key", number)
    alipay.misbehave("error", "alipay.trade.query$")
    closed = alipay.notice("key", number, changes={"trade_status": "TRADE_CLOSED", "gmt_close": "2026-01-01 00:00:00"})
    assert closed.post(alipay_shop.base + PATH).content == b"success"
    payment = f"SELECT status FROM payments WHERE out_trade_no = '{number}'"
    assert alipay_shop.value(payment) == "CLOSED"
    alipay.control("refund", mode="key", out_trade_no=number, amount=990)
    assert old.post(alipay_shop.base + PATH).content == b"success"
    assert user.balance() == 0 and alipay_shop.value(payment) == "CLOSED"
    alipay.behave()
    wait_for(lambda: (ask(alipay_shop), status(alipay_shop, order_no) == "REFUNDED")[1])
    assert user.balance() == 0 and amounts(alipay_shop, order_no) == [990]
