"""A call whose answer is lost, and whose repetition is refused: what was done is found, and nothing is done twice."""

import uuid

import pytest

from support.alipay import PATH
from support.alipay_site import made as made_by_alipay
from support.alipay_site import visited
from support.stack import Stack, wait_for
from support.stripe_site import Shop
from support.wechat_site import deliver, made

REFUND_CALL = r"/refunds?$"
REFUSALS = {
    "v2": [(400, "INVALID_REQ_TOO_MUCH"), (400, "ERROR"), (400, "TRADE_OVERDUE")],
    "v3-public-key": [
        (403, "REQUEST_BLOCKED"), (403, "NO_AUTH"), (403, "USER_ACCOUNT_ABNORMAL"), (400, "INVALID_REQUEST"),
        (404, "RESOURCE_NOT_EXISTS")]}
MADE_AFTER_ALL = "a refund that had failed was made after all"


def refund(site, order_no, *options, check=True):
    return site.coinpay("refund", order_no, "--reason", "asked by the buyer", *options, check=check)


def status(site, order_no):
    return site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order_no}'")


def refund_status(site, number):
    return site.value(f"SELECT status FROM refunds WHERE out_request_no = '{number}'")


def hurry(site):
    """Makes every open refund due now."""
    site.sql("UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at IS NOT NULL")


def attempts(site, number):
    return int(site.value(f"SELECT attempts FROM refunds WHERE out_request_no = '{number}'"))


def try_again(site, number):
    """One more attempt."""
    before = attempts(site, number)
    wait_for(lambda: (hurry(site), attempts(site, number) > before)[1])


# WeChat Pay

@pytest.fixture(scope="module", params=list(REFUSALS))
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def shop(wechat, mode):
    settings = wechat.settings(mode, tls=mode == "v2")
    with Stack(f"unclear-{mode}", COINPAY_CA_FILE=wechat.ca_file, **settings) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture(autouse=True)
def well_behaved(request):
    yield
    if "wechat" in request.fixturenames:
        server = request.getfixturevalue("wechat")
        server.behave()
        assert server.problems == []
    if "alipay" in request.fixturenames:
        request.getfixturevalue("alipay").behave()


@pytest.fixture
def buyer(shop):
    return shop.new_user()


@pytest.fixture
def bought(shop, wechat, mode, buyer):
    """An order of 100 coins for 9.90, paid by WeChat Pay."""
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    deliver(shop, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"])))
    assert buyer.balance() == 100
    return order


def refunds_there(wechat, mode, order):
    return {r.out_refund_no: (r.amount, r.status) for r in wechat.trade(mode, order["number"]).refunds}


@pytest.mark.parametrize("place", range(5))
def test_a_refund_that_was_made_is_never_failed_by_a_refusal(shop, wechat, mode, buyer, bought, place):
    if place >= len(REFUSALS[mode]):
        pytest.skip("no more refusals of this version")
    http_status, code = REFUSALS[mode][place]
    number = f"{bought['number']}_R1"
    wechat.misbehave("lose-answer", REFUND_CALL)
    refund(shop, bought["order_no"], "--amount", "3")
    wait_for(lambda: refunds_there(wechat, mode, bought) == {number: (300, "PROCESSING")})
    wechat.behave()
    wechat.misbehave("refuse", REFUND_CALL, status=http_status, code=code)
    for _ in range(2):
        try_again(shop, number)
    assert refund_status(shop, number) == "PENDING" and buyer.balance() == 69
    wechat.behave()
    deliver(shop, mode, wechat.finish_refund(mode, number))
    assert status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED" and buyer.balance() == 69
    assert refund(shop, bought["order_no"], "--amount", "7", check=False).returncode == 1


def test_a_refusal_that_nothing_contradicts_is_a_failure(shop, wechat, mode, buyer, bought):
    number = f"{bought['number']}_R1"
    wechat.misbehave("refuse", REFUND_CALL, status=403, code="NO_AUTH")
    refund(shop, bought["order_no"], "--amount", "3")
    wait_for(lambda: refund_status(shop, number) == "FAILED")
    assert buyer.balance() == 100 and refunds_there(wechat, mode, bought) == {}


def test_a_refusal_is_not_believed_while_the_refund_cannot_be_asked_for(shop, wechat, mode, buyer, bought):
    number, query = f"{bought['number']}_R1", r"/refundquery$|/refunds/[^/]+$"
    wechat.misbehave("system-error", query)
    wechat.misbehave("refuse", REFUND_CALL, status=403, code="NO_AUTH")
    refund(shop, bought["order_no"], "--amount", "3")
    wait_for(lambda: attempts(shop, number) > 0)
    try_again(shop, number)
    assert refund_status(shop, number) == "REQUESTED" and buyer.balance() == 69
    wechat.behave()
    wait_for(lambda: (hurry(shop), refunds_there(wechat, mode, bought))[1])
    deliver(shop, mode, wechat.finish_refund(mode, number))
    assert status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED" and buyer.balance() == 69


def test_a_request_that_was_lost_and_is_refused_fails_in_the_end(shop, wechat, mode, buyer, bought):
    number = f"{bought['number']}_R1"
    wechat.misbehave("error", REFUND_CALL)
    refund(shop, bought["order_no"], "--amount", "3")
    wait_for(lambda: attempts(shop, number) > 0)
    wechat.behave()
    wechat.misbehave("refuse", REFUND_CALL, status=403, code="NO_AUTH")
    wait_for(lambda: (hurry(shop), refund_status(shop, number) == "FAILED")[1], seconds=60)
    assert buyer.balance() == 100


@pytest.mark.parametrize("told", [True, False])
def test_a_success_after_a_failure_is_booked_and_told(shop, wechat, mode, buyer, bought, told):
    number = f"{bought['number']}_R1"
    wechat.misbehave("refuse", REFUND_CALL, status=403, code="NO_AUTH")
    refund(shop, bought["order_no"], "--amount", "3")
    wait_for(lambda: refund_status(shop, number) == "FAILED")
    wechat.behave()
    seen = len(shop.worker_log())
    wechat.book.refund(wechat.trade(mode, bought["number"]), number, 300, 990)
    news = wechat.finish_refund(mode, number)
    if told:
        for _ in range(2):
            deliver(shop, mode, news)
    else:
        shop.coinpay("order", "resettle", bought["order_no"], "--reason", "the buyer has the money")
    wait_for(lambda: status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED")
    assert refund_status(shop, number) == "SUCCEEDED" and buyer.balance() == 69
    if told or mode != "v2":
        # With interface v2 the command itself finds the refund among those of the payment.
        wait_for(lambda: MADE_AFTER_ALL in shop.worker_log()[seen:])
    left = refund(shop, bought["order_no"], "--amount", "7", check=False)
    assert left.returncode == 1 and "only 6.90 CNY is left" in left.stderr
    # It can still fail for good at a bank.
    deliver(shop, mode, wechat.finish_refund(mode, number, "CLOSED"))
    wait_for(lambda: status(shop, bought["order_no"]) == "PAID")
    assert buyer.balance() == 100
    shop.assert_ledger_holds()


OPEN_CALL, CLOSE_CALL = r"/unifiedorder$|/native$", r"/closeorder$|/close$"


def payment_of(shop, user):
    return shop.sql(
        "SELECT p.out_trade_no, p.status, o.order_no, o.status FROM payments p JOIN coin_orders o "
        f"ON o.id = p.order_id JOIN users u ON u.id = o.user_id WHERE u.username = '{user.username}'")


def test_a_start_that_was_made_is_never_failed_by_a_refusal(shop, wechat, mode, buyer):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    wish = {"package_id": 1, "payment_method": "WECHAT"}
    wechat.misbehave("lose-answer", OPEN_CALL)
    assert buyer.post("/api/coin/order", wish, headers=key).status_code == 503
    wechat.behave()
    wechat.misbehave("refuse", OPEN_CALL, status=403, code="RULE_LIMIT")
    assert buyer.post("/api/coin/order", wish, headers=key).status_code == 503
    [[number, payment, order_no, order]] = payment_of(shop, buyer)
    assert (payment, order) == ("STARTING", "PENDING")
    wechat.behave()
    deliver(shop, mode, wechat.payment_news(mode, wechat.pay(mode, number)))
    assert status(shop, order_no) == "PAID" and buyer.balance() == 100


def test_a_start_that_is_refused_has_failed(shop, wechat, buyer):
    wechat.misbehave("refuse", OPEN_CALL, status=403, code="RULE_LIMIT")
    assert buyer.post("/api/coin/order", {"package_id": 1, "payment_method": "WECHAT"}).status_code == 503
    wechat.behave()
    assert payment_of(shop, buyer)[0][1] == "FAILED"


def test_a_close_that_was_made_is_found(shop, wechat, mode, buyer):
    order = made(shop, buyer.order_when_it_works(method="WECHAT", key=uuid.uuid4().hex))
    # WeChat Pay closes nothing that is younger than five minutes.
    shop.sql(f"UPDATE payments SET created_at = created_at - INTERVAL 6 MINUTE WHERE out_trade_no = '{order['number']}'")
    wechat.misbehave("lose-answer", CLOSE_CALL)
    buyer.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert wechat.trade(mode, order["number"]).state == "CLOSED"
    wechat.behave()
    wechat.misbehave("refuse", CLOSE_CALL, status=403, code="NO_AUTH")
    due = "UPDATE payments SET next_query_at = NOW(6) WHERE next_query_at IS NOT NULL"
    wait_for(lambda: (shop.sql(due), payment_of(shop, buyer)[0][1] == "CLOSED")[1])
    assert status(shop, order["order_no"]) == "CANCELLED"


# Alipay

@pytest.fixture(scope="module")
def alipay_shop(alipay):
    with Stack("unclear-alipay", **alipay.settings("key")) as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def by_alipay(alipay_shop, alipay):
    """An order of 100 coins for 9.90, paid by Alipay, with its buyer."""
    user = alipay_shop.new_user()
    order = visited(made_by_alipay(alipay_shop, user.order(method="ALIPAY")))
    alipay.pay("key", order["number"])
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert user.balance() == 100
    return user, order["order_no"], order["number"]


@pytest.mark.parametrize("code", [
    "ACQ.SELLER_BALANCE_NOT_ENOUGH", "ACQ.TRADE_STATUS_ERROR", "ACQ.TRADE_NOT_EXIST", "ACQ.REASON_TRADE_REFUND_FEE_ERR"])
def test_a_refund_that_alipay_made_is_never_failed_by_a_refusal(alipay_shop, alipay, by_alipay, code):
    user, order_no, number = by_alipay
    alipay.misbehave("lose-answer", "alipay.trade.refund")
    refund(alipay_shop, order_no, "--amount", "3")
    wait_for(lambda: alipay.trade("key", number)["refunded"] == 300)
    alipay.behave()
    alipay.misbehave("failure", "alipay.trade.refund", sub_code=code)
    wait_for(lambda: (hurry(alipay_shop), status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")[1])
    assert refund_status(alipay_shop, f"{number}_R1") == "SUCCEEDED" and user.balance() == 69


def test_a_success_of_alipay_after_a_failure_is_booked_and_told(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    alipay.misbehave("failure", "alipay.trade.refund", sub_code="ACQ.SELLER_BALANCE_NOT_ENOUGH")
    refund(alipay_shop, order_no, "--amount", "3")
    wait_for(lambda: refund_status(alipay_shop, f"{number}_R1") == "FAILED")
    assert user.balance() == 100
    alipay.behave()
    seen = len(alipay_shop.worker_log())
    alipay.control("refund", mode="key", out_trade_no=number, amount=300, number=f"{number}_R1")
    assert alipay.notice("key", number).post(alipay_shop.base + PATH).content == b"success"
    wait_for(lambda: status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")
    assert user.balance() == 69
    wait_for(lambda: MADE_AFTER_ALL in alipay_shop.worker_log()[seen:])


# Stripe

def test_a_refund_that_stripe_made_is_never_failed_by_a_refusal(shop_site, stripe_fake, checkout):
    dealer = Shop(shop_site, stripe_fake, shop_site.new_user())
    order = dealer.paid()
    stripe_fake.misbehave("lose-answer", "POST .*refunds$")
    dealer.refund(order, "--amount", "0.49")
    stripe_fake.behave()
    stripe_fake.forget_keys()
    stripe_fake.hooks.drop()
    stripe_fake.misbehave("refuse", "POST .*refunds$")
    try:
        number = dealer.site.value(
            "SELECT r.out_request_no FROM refunds r JOIN payments p ON p.id = r.payment_id "
            f"WHERE p.provider_txn_id = '{order['number']}'")
        wait_for(lambda: (hurry(shop_site), refund_status(shop_site, number) == "SUCCEEDED")[1])
    finally:
        stripe_fake.behave()
    assert dealer.status(order) == "PARTIALLY_REFUNDED" and dealer.coins() == 67
