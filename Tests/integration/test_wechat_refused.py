"""What our route refuses or holds when it claims to come from WeChat Pay, in both versions."""

import functools

import pytest
import requests

from support.wechat_forged_v2 import V2_CASES, V2_KEPT
from support.wechat_forged_v3 import V3_CASES, V3_KEPT, V3_UNKNOWN_CERTIFICATES
from support.wechat_forger import FOREIGN, HELD, NOBODYS, Forger
from support.wechat_news import PATH, is_accepted, pretend_paid
from support.wechat_site import notification_count, sites_of


# Whose keys a forger has at hand who belongs to another merchant.
OTHER_MODES = {"v2": "v2-md5", "v3-public-key": "v3-platform", "v3-platform": "v3-public-key"}


@pytest.fixture(params=list(OTHER_MODES))
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def sites(wechat):
    with sites_of(wechat, "wechat-refused") as sites:
        yield sites


@pytest.fixture
def site(sites, mode):
    return sites(mode)


def new_forger(site, wechat, mode, user):
    order = user.order(method="WECHAT")
    number = site.value(
        "SELECT out_trade_no FROM payments p JOIN coin_orders o ON o.id = p.order_id "
        f"WHERE o.order_no = '{order['order_no']}'")
    merchant = wechat.accounts[mode]
    return Forger(
        merchant, wechat.accounts[OTHER_MODES[mode]],
        pretend_paid(wechat.trade(mode, number)), wechat.platform.signer_for(merchant), wechat.platform)


@pytest.fixture
def forger(site, wechat, mode, user):
    return new_forger(site, wechat, mode, user)


@pytest.fixture(scope="module")
def stubborn(wechat, sites):
    """Gives a buyer of a mode, whose order stays unpaid while nothing is believed, and a forger of the payment."""
    def new(mode):
        buyer = sites(mode).new_user()
        return buyer, new_forger(sites(mode), wechat, mode, buyer)
    return functools.cache(new)


def cases(v2, v3):
    return pytest.mark.parametrize("mode,name", [
        (mode, name) for mode in OTHER_MODES for name in (v2 if mode == "v2" else v3)], indirect=["mode"])


def payment_status(site, forger):
    return site.value(f"SELECT status FROM payments WHERE out_trade_no = '{forger.trade.out_trade_no}'")


def assert_is_refusal(answer, mode, statuses=(400, 413)):
    """WeChat Pay sends again after it, and learns nothing of the cause."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    if answer.status_code == 400 and mode == "v2":
        assert "<return_code><![CDATA[FAIL]]></return_code>" in answer.text
    elif answer.status_code != 413:
        assert answer.json()["code"] == "FAIL" and answer.json()["message"]


@cases(V2_CASES, V3_CASES)
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(site, mode, stubborn, name):
    user, forger = stubborn(mode)
    news = (V2_CASES if mode == "v2" else V3_CASES)[name](forger)
    before, worker = notification_count(site), site.pid("worker")
    answer = news.post(site.base)
    may_be_new = mode == "v3-platform" and name in V3_UNKNOWN_CERTIFICATES
    assert_is_refusal(answer, mode, (400, 503) if may_be_new else (400, 413))
    assert notification_count(site) == before
    assert user.balance() == 0 and payment_status(site, forger) == "PENDING"
    assert site.pid("worker") == worker


@cases(V2_KEPT, V3_KEPT)
def test_what_is_genuine_but_wrong_moves_no_money(site, mode, user, forger, name):
    build, expected = (V2_KEPT if mode == "v2" else V3_KEPT)[name]
    before, worker = notification_count(site), site.pid("worker")
    answer = build(forger).post(site.base)
    stored = notification_count(site) - before
    if expected in (HELD, NOBODYS):
        assert is_accepted(answer, mode[:2]) and stored == 1, answer.text
        assert payment_status(site, forger) == ("SUSPICIOUS" if expected == HELD else "PENDING")
    elif expected == FOREIGN:
        assert is_accepted(answer, mode[:2]) and stored == 0, answer.text
        assert payment_status(site, forger) == "PENDING"
    else:
        assert is_accepted(answer, mode[:2]) or answer.status_code in (400, 503), answer.text
        # A trade that WeChat Pay calls closed is closed here.
        assert payment_status(site, forger) in ("PENDING", "CLOSED")
    assert user.balance() == 0 and site.pid("worker") == worker


def test_a_payment_of_another_provider_cannot_be_settled(site, mode, user, forger):
    mock = user.order(method="MOCK")
    number = {"out_trade_no": mock["mock_payment_id"]}
    answer = (forger.v2(**number) if mode == "v2" else forger.v3(**number)).post(site.base)
    assert is_accepted(answer, mode[:2]), (answer.status_code, answer.text)
    assert user.status(mock["order_no"])["status"] == "PENDING" and user.balance() == 0
    assert payment_status(site, forger) == "PENDING"


def test_a_flood_of_refused_notifications_fills_neither_log_nor_database(site, mode, forger):
    before, seen, session = notification_count(site), len(site.worker_log()), requests.Session()
    news = forger.v2() if mode == "v2" else forger.v3()
    spoilt = news.with_body(news.body[:-9] + b"secret-of-a-stranger")
    for _ in range(200):
        assert_is_refusal(spoilt.post(site.base, session=session), mode)
    written = site.worker_log()[seen:]
    # Sixty lines in a minute, and the flood may lie in two minutes.
    assert written.count("notification refused") <= 120 and notification_count(site) == before
    assert "secret-of-a-stranger" not in written


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_notification_is_a_post(site, mode, user, forger, method):
    news = forger.v2() if mode == "v2" else forger.v3()
    answer = requests.request(method, site.base + PATH, data=news.body, headers=news.headers, timeout=60)
    assert answer.status_code == 405 and user.balance() == 0


def test_the_same_forger_can_be_believed(site, mode, user, forger):
    """The tables above refuse for their own reasons, not for a mistake that all their cases share."""
    assert is_accepted((forger.v2() if mode == "v2" else forger.v3()).post(site.base), mode[:2])
    assert user.balance() == 100 and payment_status(site, forger) == "SUCCEEDED"


def test_both_addresses_of_the_route_are_alike(site, mode, user, forger):
    news = forger.v2() if mode == "v2" else forger.v3()
    assert_is_refusal(news.with_body(news.body[:-9]).post(site.base, "/api/payment/wechat/notify"), mode)
    assert is_accepted(news.post(site.base, "/api/payment/wechat/notify"), mode[:2])
    assert user.balance() == 100


def test_the_ledger_holds_after_all_that(site):
    site.assert_ledger_holds()
