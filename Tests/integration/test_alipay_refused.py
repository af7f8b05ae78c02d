"""What our route refuses or holds when it claims to come from Alipay."""

import pytest
import requests

from support.alipay import MODES, PATH, is_accepted
from support.alipay_forged import KEPT, REFUSED
from support.alipay_forger import FOREIGN, HELD, NOBODYS, Forger, form
from support.alipay_site import alipay_stack, event_count, made, payment_status, visited

@pytest.fixture(scope="module", params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def site(alipay, mode):
    with alipay_stack(alipay, mode, "refused") as stack:
        yield stack
        stack.assert_ledger_holds()


@pytest.fixture
def order(site, user):
    return visited(made(site, user.order(method="ALIPAY")))


@pytest.fixture
def forger(site, alipay, mode, order):
    other = alipay.control("keys", mode="cert" if mode == "key" else "key")
    return Forger(alipay, mode, order["number"], site.base + PATH, other["app_id"])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(site, user, order, forger, name):
    notice = REFUSED[name](forger)
    before, worker = event_count(site), site.pid("worker")
    answer = notice.post()
    assert answer.status_code in (400, 413), (answer.status_code, answer.text)
    if answer.status_code == 400:
        assert answer.text == "fail"
    assert event_count(site) == before and user.balance() == 0
    assert payment_status(site, order) == "PENDING" and site.pid("worker") == worker


@pytest.mark.parametrize("name", KEPT)
def test_what_is_genuine_but_wrong_moves_no_money(site, user, order, forger, name):
    build, expected = KEPT[name]
    before, worker = event_count(site), site.pid("worker")
    answer = build(forger).post()
    if expected in (HELD, NOBODYS):
        assert is_accepted(answer) and event_count(site) == before + 1, answer.text
        assert payment_status(site, order) == ("SUSPICIOUS" if expected == HELD else "PENDING")
    elif expected == FOREIGN:
        assert is_accepted(answer) and event_count(site) == before, answer.text
        assert payment_status(site, order) == "PENDING"
    else:
        assert is_accepted(answer) or (answer.status_code, answer.text) == (400, "fail"), answer.text
        assert payment_status(site, order) == "PENDING"
    assert user.balance() == 0 and site.pid("worker") == worker


def test_a_payment_of_another_provider_cannot_be_settled(site, user, forger):
    mock = user.order(method="MOCK")
    assert is_accepted(forger.signed(out_trade_no=mock["mock_payment_id"]).post())
    assert user.status(mock["order_no"])["status"] == "PENDING" and user.balance() == 0


def test_a_flood_of_refused_notifications_fills_neither_log_nor_database(site, order, forger):
    before, seen = event_count(site), len(site.worker_log())
    for _ in range(200):
        assert forger.notice(b"sign=secret-of-a-stranger").post().status_code == 400
    written = site.worker_log()[seen:]
    # Sixty lines in a minute, of which the refusals before may have had all, and the flood may lie in two minutes.
    assert written.count("notification refused") <= 120 and event_count(site) == before
    assert "notification refused" in site.worker_log()
    assert "secret-of-a-stranger" not in written


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_a_notification_is_a_post(site, user, forger, method):
    notice = forger.signed()
    answer = requests.request(
        method, notice.url, data=notice.body, headers={"Content-Type": notice.content_type}, timeout=60)
    assert answer.status_code == 405 and user.balance() == 0
    assert requests.get(f"{notice.url}?{notice.body.decode()}", timeout=60).status_code == 405


def test_a_form_in_the_address_is_no_notification(site, user, forger):
    notice = forger.signed()
    answer = forger.notice(b"").post(f"{notice.url}?{notice.body.decode()}")
    assert answer.status_code in (400, 414) and answer.text != "success" and user.balance() == 0


def test_what_cannot_be_stored_is_not_acknowledged(site, user, order, forger):
    notice = forger.signed()
    site.sql("RENAME TABLE payment_events TO payment_events_away")
    try:
        answer = notice.post()
    finally:
        site.sql("RENAME TABLE payment_events_away TO payment_events")
    assert (answer.status_code, answer.text) == (503, "fail") and user.balance() == 0
    assert is_accepted(notice.post())
    assert user.balance() == 100


@pytest.mark.parametrize("disguise", ["as it is", "other order", "other case of escapes", "everything escaped", "GBK"])
def test_the_same_forger_can_be_believed(site, user, order, forger, disguise):
    """The tables above refuse for their own reasons, not for a mistake that all their cases share."""
    charset = "gbk" if disguise == "GBK" else "utf-8"
    pairs = forger.pairs(forger.fields(charset=charset, subject="100 金币"), charset=charset)
    body = form(pairs, charset)
    if disguise == "other order":
        body = form(reversed(pairs))
    elif disguise == "other case of escapes":
        body = body.replace(b"%3D", b"%3d").replace(b"%2F", b"%2f").replace(b"+", b"%20")
    elif disguise == "everything escaped":
        body = b"&".join("=".join(
            "".join(f"%{byte:02X}" for byte in text.encode()) for text in pair).encode() for pair in pairs)
    assert is_accepted(forger.notice(body).post())
    assert user.balance() == 100 and payment_status(site, order) == "SUCCEEDED"
