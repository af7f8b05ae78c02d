"""Alipay from end to end, with keys and with certificates: the gateway is ours, the signing is other people's."""

import concurrent.futures
import datetime
import urllib.parse

import pytest

from support.alipay import MODES, OfficialSDK, is_accepted
from support.alipay_site import PHONE, alipay_stack, event_count, made, payment_status, visited
from support.stack import wait_for

pytestmark = pytest.mark.usefixtures("alipay_as_documented")


@pytest.fixture(scope="module")
def official():
    with OfficialSDK() as sdk:
        yield sdk


@pytest.fixture(scope="module", params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def site(alipay, mode):
    with alipay_stack(alipay, mode, "page") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def order(site, user):
    return visited(made(site, user.order(method="ALIPAY")))


def deliver(alipay, mode, order, **options):
    answer = alipay.notify(mode, order["number"], **options)
    assert answer["accepted"], answer


def assert_paid_once(site, user, order):
    assert user.status(order["order_no"])["status"] == "PAID" and user.balance() == 100
    assert payment_status(site, order) == "SUCCEEDED"
    site.assert_ledger_holds()


def parameters(order):
    """Of the address to which the browser goes."""
    url = urllib.parse.urlsplit(order["payment_url"])
    pairs = urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def assert_both_sdks_believe(alipay, official, mode, params):
    """The gateway verified the visit with one SDK already; `problems` says so."""
    assert alipay.problems() == []
    key = alipay.key_text(alipay.control("keys", mode=mode)["app_public"], "bare")
    assert official.do("verify_request", public_key=key, params=params)
    for name in set(params) - {"sign"}:
        other = {**params, name: params[name] + "0"}
        assert not official.do("verify_request", public_key=key, params=other), name


def test_a_desktop_is_sent_to_a_page_whose_address_both_sdks_verify(site, alipay, official, mode, user):
    order = visited(made(site, user.order(method="ALIPAY")))
    params = parameters(order)
    assert_both_sdks_believe(alipay, official, mode, params)
    trade = alipay.trade(mode, order["number"])
    assert trade["method"] == params["method"] == "alipay.trade.page.pay" and trade["status"] is None
    content = trade["content"]
    assert (content["total_amount"], content["product_code"]) == ("9.90", "FAST_INSTANT_TRADE_PAY")
    assert order["currency"] == "CNY" and order["order_no"] in content["subject"]
    assert ("app_cert_sn" in params) == (mode == "cert")
    expires = datetime.datetime.fromisoformat(order["expires_at"])
    deadline = datetime.datetime.fromisoformat(content["time_expire"] + "+08:00")
    assert abs(deadline - expires) < datetime.timedelta(seconds=1)
    assert payment_status(site, order) == "PENDING"


def test_a_phone_is_sent_to_the_page_for_phones(site, alipay, official, mode, user):
    user.session.headers["User-Agent"] = PHONE
    order = visited(made(site, user.order(method="ALIPAY")))
    params = parameters(order)
    assert_both_sdks_believe(alipay, official, mode, params)
    content = alipay.trade(mode, order["number"])["content"]
    assert params["method"] == "alipay.trade.wap.pay" and content["product_code"] == "QUICK_WAP_WAY"
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    assert_paid_once(site, user, order)


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "GBK", "gb2312", "gb18030"])
def test_a_notification_in_any_of_alipays_charsets_credits_once(site, alipay, mode, user, order, charset):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order, charset=charset, changes={"subject": "100 金币"})
    assert_paid_once(site, user, order)


def test_a_notification_with_fields_of_the_future_is_believed(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order, changes={
        "a_new_field": "a+b %2B & = 金\"币\"", "Z": "1", "empty": "", "passback_params": "a%3Db%26c"})
    assert_paid_once(site, user, order)


def test_a_number_in_another_spelling_is_nobodys_number(site, alipay, mode, user, order):
    other = visited(made(site, user.order(method="ALIPAY")))
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order, changes={"outTradeNo": other["number"], "tradeStatus": "TRADE_CLOSED"})
    assert_paid_once(site, user, order)
    assert user.status(other["order_no"])["status"] == "PENDING"


def test_the_other_address_of_notifications_credits_too(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    assert is_accepted(alipay.notice(mode, order["number"]).post(site.base + "/api/payment/alipay/notify"))
    assert_paid_once(site, user, order)


def test_sixteen_copies_at_once_credit_once(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    copies = [alipay.notice(mode, order["number"])] * 8 + [
        alipay.notice(mode, order["number"]) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda notice: notice.post(), copies))
    assert all(map(is_accepted, answers)), [(a.status_code, a.text) for a in answers]
    assert_paid_once(site, user, order)


def test_a_late_notification_credits_an_expired_order(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    site.sql(f"UPDATE coin_orders SET expires_at = '2020-01-01' WHERE order_no = '{order['order_no']}'")
    assert user.status(order["order_no"])["status"] == "EXPIRED"
    deliver(alipay, mode, order)
    assert_paid_once(site, user, order)


@pytest.mark.parametrize("later", [
    {"trade_status": "WAIT_BUYER_PAY"}, {"trade_status": "TRADE_CLOSED", "gmt_close": "2026-01-01 00:00:00"},
    {"trade_status": "TRADE_FINISHED"}])
def test_older_news_after_the_payment_change_nothing(site, alipay, mode, user, order, later):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    deliver(alipay, mode, order, changes=later)
    assert_paid_once(site, user, order)


def test_a_trade_that_is_only_finished_was_paid(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    alipay.control("finish", mode=mode, out_trade_no=order["number"])
    deliver(alipay, mode, order)
    assert_paid_once(site, user, order)


def test_waiting_and_closing_credit_nothing_until_the_money_comes(site, alipay, mode, user, order):
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    deliver(alipay, mode, order)
    assert payment_status(site, order) == "PENDING" and user.balance() == 0
    deliver(alipay, mode, order, changes={"trade_status": "TRADE_CLOSED", "gmt_close": "2026-01-01 00:00:00"})
    assert payment_status(site, order) == "CLOSED" and user.balance() == 0
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    # It may be older than the end of the trade: Alipay is asked.
    wait_for(lambda: payment_status(site, order) == "SUCCEEDED")
    assert_paid_once(site, user, order)


def test_a_trade_that_alipay_closed_is_unpaid(site, alipay, mode, user, order):
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    alipay.control("close", mode=mode, out_trade_no=order["number"])
    deliver(alipay, mode, order)
    assert payment_status(site, order) == "CLOSED" and user.balance() == 0


def test_a_partial_refund_is_no_second_payment(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    paid = alipay.notice(mode, order["number"])
    assert is_accepted(paid.post())
    alipay.control("refund", mode=mode, out_trade_no=order["number"], amount=300)
    for _ in range(2):
        deliver(alipay, mode, order)
        assert user.balance() <= 100
    assert is_accepted(paid.post()) and user.balance() <= 100
    site.assert_ledger_holds()


def test_a_full_refund_is_not_an_unpaid_trade(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    alipay.control("refund", mode=mode, out_trade_no=order["number"], amount=990)
    assert alipay.trade(mode, order["number"])["status"] == "TRADE_CLOSED"
    deliver(alipay, mode, order)
    assert user.balance() <= 100 and payment_status(site, order) == "SUCCEEDED"
    assert user.status(order["order_no"])["status"] not in ("PENDING", "EXPIRED", "CANCELLED", "FAILED")
    site.assert_ledger_holds()


def test_cancelling_an_unused_address_leaves_it_payable(site, alipay, mode, user, order):
    assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    assert user.status(order["order_no"])["status"] == "CANCELLED"
    # There is no trade yet, so nothing could be closed.
    assert payment_status(site, order) == "PENDING"
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    assert_paid_once(site, user, order)


def test_cancelling_closes_the_trade_at_alipay(site, alipay, mode, user, order):
    alipay.control("scan", mode=mode, out_trade_no=order["number"])
    assert user.post(f"/api/coin/order/{order['order_no']}/cancel").status_code == 200
    assert alipay.trade(mode, order["number"])["status"] == "TRADE_CLOSED"
    assert payment_status(site, order) == "CLOSED" and user.balance() == 0
    calls = [r for r in alipay.requests("close") if order["number"] in r["params"]["biz_content"]]
    assert [(r["http"], r["type"]) for r in calls] == [("POST", "application/x-www-form-urlencoded;charset=utf-8")]


def test_cancelling_an_order_whose_notification_was_lost_settles_it(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    user.post(f"/api/coin/order/{order['order_no']}/cancel")
    assert_paid_once(site, user, order)
    deliver(alipay, mode, order)
    assert_paid_once(site, user, order)


def test_another_amount_is_held(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order, changes={"total_amount": "9.91"})
    assert user.balance() == 0 and payment_status(site, order) == "SUSPICIOUS"


def test_an_unknown_order_is_kept_as_nobodys(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    before, stranger = event_count(site), order["number"].replace("COIN_2", "COIN_1")
    deliver(alipay, mode, order, changes={"out_trade_no": stranger, "trade_no": "2026" + stranger[-8:]})
    assert event_count(site) == before + 1 and user.balance() == 0
    assert site.value(f"SELECT outcome FROM payment_events WHERE out_trade_no = '{stranger}'") == "UNMATCHED"


def test_coming_back_from_alipay_shows_the_order_and_pays_nothing(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    query = alipay.control("back", mode=mode, out_trade_no=order["number"])
    page = user.get("/payment/success?" + query)
    assert page.status_code == 200 and order["order_no"] in page.text
    assert user.balance() == 0 and user.status(order["order_no"])["status"] == "PENDING"
    assert user.get("/payment/success?" + query.replace("9.90", "9.91")).status_code == 404
    assert site.new_user().get("/payment/success?" + query).status_code == 404


def test_the_raw_notification_is_kept_encrypted_and_no_secret_is_logged(site, alipay, mode, user, order):
    alipay.pay(mode, order["number"])
    deliver(alipay, mode, order)
    stored = bytes.fromhex(site.value(
        f"SELECT HEX(body) FROM payment_events WHERE out_trade_no = '{order['number']}' AND body IS NOT NULL"))
    assert stored[:4] == b"\x01\x02k1" and order["number"].encode() not in stored
    keys, log = alipay.control("keys", mode=mode), site.worker_log()
    assert alipay.key_text(keys["private_pkcs8"], "bare")[:64] not in log and "PRIVATE KEY" not in log
    assert parameters(order)["sign"] not in log


@pytest.mark.parametrize("form", [
    "pkcs1", "pkcs8", "pkcs1-pem", "pkcs8-pem", "pkcs1-crlf", "pkcs8-crlf", "pkcs1-file", "pkcs8-file"])
def test_keys_are_read_in_every_form_that_the_console_hands_out(site, alipay, mode, form):
    before = dict(site.environment)
    site.environment |= alipay.settings(mode, site=site.base, form=form)
    try:
        found = site.coinpay("provider", "check", "ALIPAY", check=False).stdout
    finally:
        site.environment = before
    assert "gateway: accepts our signature, and its own is genuine" in found and "FAILED   gateway" not in found, found


@pytest.mark.parametrize("mode", ["cert"], indirect=True)
def test_a_new_certificate_of_alipays_is_believed_when_its_chain_is_right(site, alipay, mode):
    for trusted in (False, True):
        # What the first one paid is found as soon as the second certificate is believed.
        user = site.new_user()
        alipay.control("rotate", trusted=trusted)
        order = visited(made(site, user.order(method="ALIPAY")))
        alipay.pay(mode, order["number"])
        user.post(f"/api/coin/order/{order['order_no']}/cancel")
        assert user.balance() == (100 if trusted else 0)
        assert user.status(order["order_no"])["status"] == ("PAID" if trusted else "CANCELLED")
    deliver(alipay, mode, order)
    assert user.balance() == 100
