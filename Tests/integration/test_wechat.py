"""WeChat Pay from end to end, in every way to configure it: the gateway is ours, the signing is other people's."""

import concurrent.futures
import time
import urllib.parse
import uuid

import pytest

from support.stack import wait_for
from support.wechat import MODES
from support.wechat_news import is_accepted, pretend_paid, v2_payment, v3_payment
from support.wechat_site import deliver, notification_count, made, payment_status, sites_of, version, wait_until_it_works

pytestmark = pytest.mark.usefixtures("wechat_as_documented")

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def sites(wechat):
    with sites_of(wechat, "wechat") as sites:
        yield sites


@pytest.fixture
def site(sites, mode):
    return sites(mode)


@pytest.fixture
def order(site, user):
    return made(site, user.order(method="WECHAT"))


def test_a_desktop_gets_a_code_to_scan(site, wechat, mode, user, order):
    assert order["qr_code"].startswith("weixin://wxpay/") and order["currency"] == "CNY"
    image = user.get(order["qr_image"])
    assert image.status_code == 200 and image.headers["Content-Type"].startswith("image/svg+xml")
    assert site.new_user().get(order["qr_image"]).status_code == 404
    trade = wechat.trade(mode, order["number"])
    assert (trade.amount, trade.trade_type, trade.state) == (990, "NATIVE", "NOTPAY")
    assert payment_status(site, order) == "PENDING"


def test_a_phone_is_sent_to_the_app_and_comes_back_to_the_order(site, wechat, mode, user):
    user.session.headers["User-Agent"] = PHONE
    order = made(site, user.order(method="WECHAT"))
    url = urllib.parse.urlsplit(order["payment_url"])
    assert url.hostname == "wx.tenpay.com" and "qr_code" not in order
    back = urllib.parse.parse_qs(url.query)["redirect_url"]
    assert len(back) == 1 and order["order_no"] in back[0] and back[0].startswith("http")
    assert wechat.trade(mode, order["number"]).trade_type == "MWEB"
    # WeChat's own browser cannot open the address.
    page = f"/coin/pay/{order['order_no']}"
    assert "data-inside-app" not in user.get(page).text
    assert "data-inside-app" in user.get(page, headers={"User-Agent": PHONE + " MicroMessenger/8.0.50"}).text


def test_sixteen_copies_at_once_credit_once(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    same = wechat.payment_news(mode, trade)
    copies = [same] * 8 + [wechat.payment_news(mode, trade) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda news: news.post(site.base), copies))
    assert all(is_accepted(answer, version(mode)) for answer in answers), [a.text for a in answers]
    assert user.balance() == 100
    site.assert_ledger_holds()


def test_a_coupon_lowers_what_the_buyer_pays_not_what_we_sell(site, wechat, mode, user, order):
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"], coupon=100)))
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100


def test_a_late_notification_credits_an_expired_order(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    site.sql(f"UPDATE coin_orders SET expires_at = '2020-01-01' WHERE order_no = '{order['order_no']}'")
    assert user.status(order["order_no"])["status"] == "EXPIRED"
    deliver(site, mode, wechat.payment_news(mode, trade))
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100


def test_a_young_trade_is_closed_when_wechat_allows_it(site, wechat, mode, user, order):
    assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    number = order["number"]
    assert wechat.trade(mode, number).state == "NOTPAY" and payment_status(site, order) == "PENDING"
    assert site.value("SELECT TIMESTAMPDIFF(SECOND, created_at, next_query_at) FROM payments "
                      f"WHERE out_trade_no = '{number}'") == "300"
    site.sql("UPDATE payments SET created_at = created_at - INTERVAL 6 MINUTE, next_query_at = NOW(6) "
             f"WHERE out_trade_no = '{number}'")
    wait_for(lambda: wechat.trade(mode, number).state == "CLOSED")
    wait_for(lambda: payment_status(site, order) == "CLOSED")


def test_a_trade_that_was_left_for_another_method_is_closed_in_time(site, wechat, mode, user, order):
    other = user.data(user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"}))
    number = order["number"]
    assert wechat.trade(mode, number).state == "NOTPAY"
    site.sql("UPDATE payments SET created_at = created_at - INTERVAL 6 MINUTE, next_query_at = NOW(6) "
             f"WHERE out_trade_no = '{number}'")
    wait_for(lambda: wechat.trade(mode, number).state == "CLOSED")
    wait_for(lambda: payment_status(site, order) == "CLOSED")
    assert user.status(order["order_no"])["status"] == "PENDING"
    user.post(f"/api/payment/mock/success/{other['mock_payment_id']}")
    assert user.balance() == 100


def test_coming_back_to_a_method_begins_a_new_trade(site, wechat, mode, user, order):
    user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "MOCK"})
    again = made(site, user.data(user.post(f"/api/coin/order/{order['order_no']}/pay", {"payment_method": "WECHAT"})))
    assert again["number"] != order["number"] and again["qr_code"] != order["qr_code"]
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, again["number"])))
    assert user.balance() == 100
    if version(mode) == "v2":
        # This site has no way to show a client certificate, without which v2 gives nothing back.
        return
    # The first code was still payable for some minutes: that money goes back by itself.
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, order["number"])))
    assert user.balance() == 100 and payment_status(site, order) == "DUPLICATE"
    wait_for(lambda: wechat.trade(mode, order["number"]).refunds)
    assert "多付的款会自动原路退回" in user.get(f"/coin/pay/{order['order_no']}").text
    site.assert_ledger_holds()


def test_without_a_notification_the_payment_is_asked_for(site, wechat, mode, user, order):
    wechat.pay(mode, order["number"])
    site.sql(f"UPDATE payments SET next_query_at = NOW(6) WHERE out_trade_no = '{order['number']}'")
    wait_for(lambda: user.status(order["order_no"])["status"] == "PAID")
    assert user.balance() == 100
    site.assert_ledger_holds()


def test_cancelling_an_order_that_was_paid_in_secret_settles_it(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    deliver(site, mode, wechat.payment_news(mode, trade))
    assert user.balance() == 100
    site.assert_ledger_holds()


def test_what_keeps_a_refund_is_critical_and_kept_with_it(site, wechat, mode, user, order):
    if version(mode) == "v2":
        # This site has no way to show a client certificate, without which v2 gives nothing back.
        return
    trade = wechat.pay(mode, order["number"])
    deliver(site, mode, wechat.payment_news(mode, trade))
    site.coinpay("refund", order["order_no"], "--reason", "test")
    number = f"{order['number']}_R1"
    wait_for(lambda: wechat.trade(mode, order["number"]).refunds)
    wechat.finish_refund(mode, number, "ABNORMAL")
    site.sql(f"UPDATE refunds SET next_attempt_at = NOW(6) WHERE out_request_no = '{number}'")
    wait_for(lambda: site.value(f"SELECT cause FROM refunds WHERE out_request_no = '{number}'") != "NULL")
    word = "ABNORMAL"
    assert word in site.value(f"SELECT cause FROM refunds WHERE out_request_no = '{number}'")
    wait_for(lambda: any(
        "critical" in line and "a refund cannot go on by itself" in line and word in line
        for line in site.worker_log().splitlines()))
    assert word in site.coinpay("order", "show", order["order_no"]).stdout
    doctor = site.coinpay("doctor", "--offline", "--problems", check=False)
    assert number in doctor.stdout and word in doctor.stdout
    given_up = site.coinpay("order", "give-up-refund", order["order_no"], number, "--reason", "test", check=False)
    assert given_up.returncode == 1
    site.assert_ledger_holds()


def test_a_refund_that_is_known_credits_nothing_and_is_accepted(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    deliver(site, mode, wechat.payment_news(mode, trade))
    number = f"R{uuid.uuid4().hex[:20]}"
    wechat.book.refund(trade, number, 300, 990)
    news = wechat.finish_refund(mode, number)
    for _ in range(2):
        deliver(site, mode, news)
    # A repeated payment notification after the refund is not a second payment.
    deliver(site, mode, wechat.payment_news(mode, trade))
    assert user.balance() <= 100
    site.assert_ledger_holds()


def test_an_unknown_order_is_kept_as_nobodys(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    stranger = "COIN_20200101_" + uuid.uuid4().hex[:8]
    before = notification_count(site)
    deliver(site, mode, wechat.payment_news(
        mode, trade, out_trade_no=stranger, transaction_id="4200" + uuid.uuid4().hex[:24]))
    assert notification_count(site) == before + 1 and user.balance() == 0
    assert site.value(f"SELECT outcome FROM payment_events WHERE out_trade_no = '{stranger}'") == "UNMATCHED"


def test_a_number_in_another_spelling_is_nobodys_number(site, wechat, mode, user, order):
    other = made(site, user.order(method="WECHAT"))
    trade = wechat.pay(mode, order["number"])
    deliver(site, mode, wechat.payment_news(mode, trade, outTradeNo=other["number"], tradeState="NOTPAY"))
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    assert user.status(other["order_no"])["status"] == "PENDING"
    site.assert_ledger_holds()


def test_another_amount_is_held(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    changes = {"amount": {"total": 991, "payer_total": 991, "currency": "CNY", "payer_currency": "CNY"}} if (
        version(mode) == "v3") else {"total_fee": 991}
    deliver(site, mode, wechat.payment_news(mode, trade, **changes))
    assert user.balance() == 0 and payment_status(site, order) == "SUSPICIOUS"
    site.assert_ledger_holds()


@pytest.mark.parametrize("mode", ["v2"], indirect=True)
def test_a_weaker_signature_than_configured_is_proved_by_a_query(site, wechat, mode, user, order):
    merchant, trade = wechat.accounts[mode], wechat.trade(mode, order["number"])
    wechat.pay(mode, order["number"])
    deliver(site, mode, v2_payment(merchant, trade, sign_type="MD5"))
    # What was accepted is durable: the payment is due to be asked about.
    assert user.balance() == 100 or site.value(
        f"SELECT next_query_at <= NOW(6) FROM payments WHERE out_trade_no = '{order['number']}'") == "1"
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    assert wechat.calls("/pay/orderquery", order["number"])
    site.assert_ledger_holds()


@pytest.mark.parametrize("mode", ["v2"], indirect=True)
def test_a_weaker_signature_about_an_unpaid_trade_credits_nothing(site, wechat, mode, user, order):
    claimed = pretend_paid(wechat.trade(mode, order["number"]))
    v2_payment(wechat.accounts[mode], claimed, sign_type="MD5").post(site.base)
    assert user.balance() == 0 and user.status(order["order_no"])["status"] == "PENDING"
    wechat.misbehave("error", "orderquery")
    answer = v2_payment(wechat.accounts[mode], claimed, sign_type="MD5").post(site.base)
    assert user.balance() == 0 and answer.status_code != 500


@pytest.mark.parametrize("mode", ["v3-platform"], indirect=True)
def test_platform_certificates_rotate_without_losing_a_notification(site, wechat, mode, user, order):
    older = wechat.platform.certified[-1]
    newer = wechat.platform.rotate()
    trade = wechat.pay(mode, order["number"])
    news = wechat.payment_news(mode, trade)
    assert news.headers["Wechatpay-Serial"] == newer.serial
    end = time.monotonic() + 30
    while not is_accepted(answer := news.post(site.base), "v3"):
        # The worker fetches the new certificate; WeChat Pay sends again whatever was not accepted.
        assert answer.status_code in (400, 503) and user.balance() == 0, answer.text
        assert time.monotonic() < end, "the new certificate was not fetched"
        time.sleep(0.2)
    assert user.balance() == 100
    wait_until_it_works(user)
    second = made(site, user.order(method="WECHAT"))
    deliver(site, mode, wechat.payment_news(mode, wechat.pay(mode, second["number"]), signer=older))
    assert user.balance() == 200


@pytest.mark.parametrize("mode", ["v3-switching"], indirect=True)
def test_both_kinds_of_keys_are_held_while_switching(site, wechat, mode, user):
    merchant = wechat.accounts[mode]
    for coins, signer in [(100, wechat.platform.certified[0]), (200, wechat.platform.bare)]:
        order = made(site, user.order(method="WECHAT"))
        trade = wechat.pay(mode, order["number"])
        deliver(site, mode, v3_payment(merchant, signer, trade))
        assert user.balance() == coins
    serials = {c.headers.get("Wechatpay-Serial") for c in wechat.calls("/v3/pay", merchant.mch_id)}
    assert serials == {wechat.platform.bare.serial}


def test_the_raw_notification_is_kept_encrypted(site, wechat, mode, user, order):
    trade = wechat.pay(mode, order["number"])
    deliver(site, mode, wechat.payment_news(mode, trade))
    stored = bytes.fromhex(site.value(
        f"SELECT HEX(body) FROM payment_events WHERE out_trade_no = '{order['number']}' AND body IS NOT NULL"))
    assert stored[:4] == b"\x01\x02k1" and trade.transaction_id.encode() not in stored


def test_no_secret_is_in_the_logs(site, wechat, mode):
    merchant, log = wechat.accounts[mode], site.worker_log()
    for secret in (merchant.api_key, merchant.api_v3_key, "PRIVATE KEY"):
        assert secret not in log
