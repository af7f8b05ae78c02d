"""Giving money back: what happens to the money, to the coins and to the order, at every provider that plays along."""

import concurrent.futures
import uuid

import pytest

from support.alipay import PATH
from support.alipay_site import made as made_by_alipay
from support.alipay_site import visited
from support.stack import Stack, wait_for
from support.stripe_fixtures import deliver, event, intent
from support.wechat_site import deliver as deliver_wechat
from support.wechat_site import made

MODES = ("v2", "v3-public-key", "v3-platform")


@pytest.fixture
def paid(site, user):
    """An order of 100 coins for 9.90, paid."""
    order = user.order()
    user.post(f"/api/payment/mock/success/{order['mock_payment_id']}")
    assert user.balance() == 100
    return order["order_no"]


def refund(site, order_no, *options, check=True):
    return site.coinpay("refund", order_no, "--reason", "asked by the buyer", *options, check=check)


def status(site, order_no):
    return site.value(f"SELECT status FROM coin_orders WHERE order_no = '{order_no}'")


def refund_rows(site, order_no):
    return site.sql(
        "SELECT r.out_request_no, r.status, r.amount, r.coins_taken + r.bonus_taken FROM refunds r "
        "JOIN payments p ON p.id = r.payment_id JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order_no}' ORDER BY r.id")


def test_a_full_refund_takes_all_coins_back(site, user, paid):
    refund(site, paid)
    assert user.balance() == 0
    wait_for(lambda: status(site, paid) == "REFUNDED")
    assert refund_rows(site, paid) == [[f"{paid}_R1", "SUCCEEDED", "990", "100"]]
    kinds = [line["kind"] for line in user.data(user.get("/api/coin/transactions"))["items"]]
    assert kinds == ["REFUND", "PURCHASE"]
    site.assert_ledger_holds()


def test_parts_never_exceed_the_whole(site, user, paid):
    refund(site, paid, "--amount", "3.30")
    wait_for(lambda: status(site, paid) == "PARTIALLY_REFUNDED")
    assert user.balance() == 66
    assert all("已退 ¥3.30" in user.get(path).text for path in ("/coin/orders", f"/coin/pay/{paid}"))
    too_much = refund(site, paid, "--amount", "6.61", check=False)
    assert too_much.returncode == 1 and "only 6.60 CNY is left" in too_much.stderr
    refund(site, paid)
    wait_for(lambda: status(site, paid) == "REFUNDED")
    assert user.balance() == 0
    nothing_left = refund(site, paid, check=False)
    assert nothing_left.returncode == 1 and "only 0.00 CNY is left" in nothing_left.stderr
    site.assert_ledger_holds()


def test_concurrent_refunds_never_exceed_the_payment(site, user, paid):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: refund(site, paid, "--amount", "4", check=False), range(6)))
    assert sorted(r.returncode for r in results) == [0, 0, 1, 1, 1, 1], [r.stderr for r in results]
    wait_for(lambda: status(site, paid) == "PARTIALLY_REFUNDED")
    assert [row[2] for row in refund_rows(site, paid)] == ["400", "400"]
    site.assert_ledger_holds()


def test_the_same_key_refunds_once(site, user, paid):
    key = uuid.uuid4().hex
    first = refund(site, paid, "--amount", "1", "--key", key)
    again = refund(site, paid, "--amount", "1", "--key", key)
    assert "is under way" in first.stdout and "was asked for before" in again.stdout
    other = refund(site, paid, "--amount", "2", "--key", key, check=False)
    assert other.returncode == 1 and "belongs to another wish" in other.stderr
    assert len(refund_rows(site, paid)) == 1
    site.assert_ledger_holds()


def test_coins_that_were_spent_stop_a_refund_unless_the_operator_says_so(site, user, paid):
    wallet = f"(SELECT w.id FROM wallets w JOIN users u ON u.id = w.user_id WHERE u.username = '{user.username}')"
    second = user.order()
    user.post(f"/api/payment/mock/success/{second['mock_payment_id']}")
    refund(site, second["order_no"])
    # All but 40 coins are gone, as if they had been spent.
    refund(site, paid, "--amount", "5.94")
    wait_for(lambda: status(site, paid) == "PARTIALLY_REFUNDED")
    assert user.balance() == 40
    assert site.value(f"SELECT balance FROM wallets WHERE id = {wallet}") == "40"
    site.assert_ledger_holds()


def test_without_payment_there_is_nothing_to_refund(site, user):
    order = user.order()["order_no"]
    result = refund(site, order, check=False)
    assert result.returncode == 1 and "is PENDING, not paid" in result.stderr
    missing = refund(site, "COIN_20200101_00000000", check=False)
    assert missing.returncode == 1 and "there is no order" in missing.stderr
    assert refund(site, "nonsense", check=False).returncode == 64
    assert refund(site, order, "--amount", "-1", check=False).returncode == 64


def test_the_story_of_an_order_is_told(site, user, paid):
    refund(site, paid)
    wait_for(lambda: status(site, paid) == "REFUNDED")
    story = site.coinpay("order", "show", paid).stdout
    for part in ("REFUNDED", f"{paid}_R1", "ledger PURCHASE 100", "ledger REFUND 100",
                 "order PAID -> REFUNDING", "order REFUNDING -> REFUNDED", "asked by the buyer"):
        assert part in story, story


def test_a_second_payment_is_given_back_without_anybody_asking(site, user, stripe_server):
    order = user.order(method="STRIPE")
    pi = site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{order['order_no']}'")
    stripe_server.pay(pi)
    other = user.data(user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    deliver(site.base, event(intent(pi, 149)))
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    balance = user.balance()
    user.post(f"/api/payment/mock/success/{other.get('mock_payment_id')}")
    assert user.balance() == balance
    site.assert_ledger_holds()


@pytest.fixture(scope="module", params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def shop(wechat, mode):
    with Stack(f"refund-{mode}", COINPAY_CA_FILE=wechat.ca_file, **wechat.settings(mode, tls=mode == "v2")) as stack:
        yield stack


@pytest.fixture(autouse=True)
def well_behaved(request):
    yield
    if "wechat" in request.fixturenames:
        server = request.getfixturevalue("wechat")
        server.behave()
        assert server.problems == []


@pytest.fixture
def buyer(shop):
    return shop.new_user()


@pytest.fixture
def bought(shop, wechat, mode, buyer):
    """An order of 100 coins for 9.90, paid by WeChat Pay."""
    order = made(shop, buyer.order(method="WECHAT"))
    deliver_wechat(shop, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"])))
    assert buyer.balance() == 100
    return order


def hurry(shop):
    """Makes every open refund due now."""
    shop.sql("UPDATE refunds SET next_attempt_at = NOW(6) WHERE next_attempt_at IS NOT NULL")


def wechat_refunds(wechat, mode, order):
    return {r.out_refund_no: (r.amount, r.status) for r in wechat.trade(mode, order["number"]).refunds}


def test_wechat_news_ends_a_refund(shop, wechat, mode, buyer, bought):
    number = f"{bought['number']}_R1"
    refund(shop, bought["order_no"], "--amount", "3.30")
    wait_for(lambda: wechat_refunds(wechat, mode, bought) == {number: (330, "PROCESSING")})
    assert buyer.balance() == 66 and status(shop, bought["order_no"]) == "REFUNDING"
    news = wechat.finish_refund(mode, number)
    for _ in range(2):
        deliver_wechat(shop, mode, news)
    assert status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED" and buyer.balance() == 66
    shop.assert_ledger_holds()


def test_a_refund_whose_news_is_lost_is_asked_for(shop, wechat, mode, buyer, bought):
    refund(shop, bought["order_no"])
    wait_for(lambda: wechat_refunds(wechat, mode, bought))
    wechat.finish_refund(mode, f"{bought['number']}_R1")
    wait_for(lambda: refund_rows(shop, bought["order_no"])[0][1] == "PENDING")
    hurry(shop)
    wait_for(lambda: status(shop, bought["order_no"]) == "REFUNDED")
    assert buyer.balance() == 0
    shop.assert_ledger_holds()


def test_a_refund_that_fails_gives_the_coins_back(shop, wechat, mode, buyer, bought):
    refund(shop, bought["order_no"])
    wait_for(lambda: wechat_refunds(wechat, mode, bought))
    assert buyer.balance() == 0
    deliver_wechat(shop, mode, wechat.finish_refund(mode, f"{bought['number']}_R1", "CLOSED"))
    wait_for(lambda: status(shop, bought["order_no"]) == "PAID")
    assert buyer.balance() == 100
    refund(shop, bought["order_no"])
    wait_for(lambda: f"{bought['number']}_R2" in wechat_refunds(wechat, mode, bought))
    shop.assert_ledger_holds()


def test_a_failure_after_success_gives_the_coins_back(shop, wechat, mode, buyer, bought):
    number = f"{bought['number']}_R1"
    refund(shop, bought["order_no"])
    wait_for(lambda: wechat_refunds(wechat, mode, bought))
    deliver_wechat(shop, mode, wechat.finish_refund(mode, number))
    wait_for(lambda: status(shop, bought["order_no"]) == "REFUNDED")
    deliver_wechat(shop, mode, wechat.finish_refund(mode, number, "CLOSED"))
    wait_for(lambda: status(shop, bought["order_no"]) == "PAID")
    assert buyer.balance() == 100
    shop.assert_ledger_holds()


@pytest.mark.parametrize("trouble", ["error", "garbage", "wrong-signature", "system-error"])
def test_an_unclear_answer_is_followed_with_the_same_number(shop, wechat, mode, buyer, bought, trouble):
    number = f"{bought['number']}_R1"
    wechat.misbehave(trouble, r"/refunds?$")
    refund(shop, bought["order_no"], "--amount", "1")
    wait_for(lambda: int(shop.value(f"SELECT attempts FROM refunds WHERE out_request_no = '{number}'")) > 0)
    # The coins stay held until it is known what happened.
    assert buyer.balance() == 89 and status(shop, bought["order_no"]) == "REFUNDING"
    wechat.behave()
    end = wait_for(lambda: (hurry(shop), wechat_refunds(wechat, mode, bought))[1])
    assert end == {number: (100, "PROCESSING")}
    deliver_wechat(shop, mode, wechat.finish_refund(mode, number))
    wait_for(lambda: status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED")
    assert buyer.balance() == 89
    shop.assert_ledger_holds()


def test_a_refund_begun_in_wechats_console_is_booked(shop, wechat, mode, buyer, bought):
    number = f"C{uuid.uuid4().hex[:20]}"
    wechat.book.refund(wechat.trade(mode, bought["number"]), number, 495, 990)
    deliver_wechat(shop, mode, wechat.finish_refund(mode, number))
    wait_for(lambda: status(shop, bought["order_no"]) == "PARTIALLY_REFUNDED")
    assert buyer.balance() == 50
    assert refund_rows(shop, bought["order_no"]) == [[number, "SUCCEEDED", "495", "50"]]
    shop.assert_ledger_holds()


def test_a_worker_that_dies_goes_on_with_the_same_refund(shop, wechat, mode, buyer, bought):
    number = f"{bought['number']}_R1"
    wechat.misbehave("delay", r"/refunds?$", seconds=2)
    refund(shop, bought["order_no"])
    wait_for(lambda: int(shop.value(f"SELECT attempts FROM refunds WHERE out_request_no = '{number}'")) > 0)
    shop.kill_worker()
    wechat.behave()
    shop.start_worker()
    shop.wait_ready()
    wait_for(lambda: (hurry(shop), wechat_refunds(wechat, mode, bought))[1])
    deliver_wechat(shop, mode, wechat.finish_refund(mode, number))
    wait_for(lambda: status(shop, bought["order_no"]) == "REFUNDED")
    assert buyer.balance() == 0 and list(wechat_refunds(wechat, mode, bought)) == [number]
    shop.assert_ledger_holds()


@pytest.fixture(scope="module", params=["key", "cert"])
def alipay_shop(alipay, request):
    with Stack(f"refund-{request.param}", **alipay.settings(request.param)) as stack:
        stack.mode = request.param
        yield stack


@pytest.fixture
def by_alipay(alipay_shop, alipay):
    """An order of 100 coins for 9.90, paid by Alipay, with its buyer."""
    user = alipay_shop.new_user()
    order = visited(made_by_alipay(alipay_shop, user.order(method="ALIPAY")))
    alipay.pay(alipay_shop.mode, order["number"])
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert user.balance() == 100
    return user, order["order_no"], order["number"]



def test_alipay_gives_back_parts_and_the_whole(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    refund(alipay_shop, order_no, "--amount", "3.30")
    wait_for(lambda: status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")
    assert user.balance() == 66
    # The second notification names what was given back in all, and is no second refund.
    answer = alipay.notice(alipay_shop.mode, number).post(alipay_shop.base + PATH)
    assert answer.content == b"success" and user.balance() == 66
    refund(alipay_shop, order_no)
    wait_for(lambda: (hurry(alipay_shop), status(alipay_shop, order_no) == "REFUNDED")[1])
    assert user.balance() == 0 and len(refund_rows(alipay_shop, order_no)) == 2
    answer = alipay.notice(alipay_shop.mode, number).post(alipay_shop.base + PATH)
    assert answer.content == b"success" and status(alipay_shop, order_no) == "REFUNDED"
    alipay_shop.assert_ledger_holds()


@pytest.mark.parametrize("trouble", ["error", "wrong-signature"])
def test_an_unclear_answer_of_alipay_is_followed(alipay_shop, alipay, by_alipay, trouble):
    user, order_no, number = by_alipay
    alipay.misbehave(trouble, "alipay.trade.refund")
    refund(alipay_shop, order_no, "--amount", "1")
    wait_for(lambda: alipay_shop.value(f"SELECT attempts FROM refunds WHERE out_request_no = '{number}_R1'") != "0")
    assert user.balance() == 89
    alipay.behave()
    wait_for(lambda: (hurry(alipay_shop), status(alipay_shop, order_no) == "PARTIALLY_REFUNDED")[1])
    assert user.balance() == 89 and len(refund_rows(alipay_shop, order_no)) == 1
    alipay_shop.assert_ledger_holds()


def test_a_refund_begun_in_alipays_console_is_booked(alipay_shop, alipay, by_alipay):
    user, order_no, number = by_alipay
    alipay.control("refund", mode=alipay_shop.mode, out_trade_no=number, amount=495)
    for _ in range(2):
        assert alipay.notice(alipay_shop.mode, number).post(alipay_shop.base + PATH).content == b"success"
    assert status(alipay_shop, order_no) == "PARTIALLY_REFUNDED" and user.balance() == 50
    alipay_shop.assert_ledger_holds()
