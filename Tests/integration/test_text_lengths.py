"""Texts of any characters at every entrance: taken as far as what keeps them counts, refused with words beyond, never 500."""

import uuid

import pytest

from support.console import Operator, number_of, settled
from support.stack import Client

# One character for a reader, seven code points for the database, 25 bytes.
FAMILY = "👨‍👩‍👧‍👦"
# Before what is tried as a password, so that no other text of these tests is one.
PASSWORD = "pw "
# One code point of four bytes.
RARE = "𠮷"
TOO_LONG = [FAMILY * 255, RARE * 256, "e" + "\u0301" * 255, "x" * 256, "a\0b", FAMILY * 900]
AT_THE_LIMIT = [RARE * 255, FAMILY * 36 + "xyz", "e" + "\u0301" * 254, "x" * 255]
PACKAGE = {"name_zh": "长名", "name_en": "Long", "coins": 1, "bonus_coins": 0, "position": 99, "prices": "CNY:1.00"}


@pytest.fixture(scope="module")
def administrator(console_site):
    return Operator(console_site, "administrator")


@pytest.fixture(scope="module")
def places(console_site, administrator):
    """Addresses that take a reason, with the rest of their bodies."""
    buyer = console_site.new_user()
    paid, opened = buyer.order(), buyer.order()
    buyer.data(buyer.post(f"/api/payment/mock/success/{paid['mock_payment_id']}"))
    number = administrator.act("/packages", {**PACKAGE, "reason": "a trial"})["id"]
    administrator.act(f"/packages/{number}/active", {"is_active": False, "reason": "a trial"})

    def key():
        return {"key": uuid.uuid4().hex}

    return {
        "package": lambda: (f"/packages/{number}", PACKAGE),
        "active": lambda: (f"/packages/{number}/active", {"is_active": False}),
        "grant": lambda: (f"/users/{buyer.username}/grant", {"coins": 1, **key()}),
        "deduct": lambda: (f"/users/{buyer.username}/deduct", {"coins": 1, **key()}),
        "enable": lambda: (f"/users/{buyer.username}/enable", {}),
        "role": lambda: (f"/users/{buyer.username}/role", {"role": "user"}),
        "refund": lambda: (f"/orders/{paid['order_no']}/refund", {"amount": "0.01", "rule": "leave", **key()}),
        "give up": lambda: (f"/orders/{paid['order_no']}/give-up-refund", {"refund_no": paid["order_no"] + "_R99"}),
        "confirm": lambda: (f"/orders/{opened['order_no']}/confirm", {"out_trade_no": opened["order_no"], **key()}),
        "close": lambda: (f"/orders/{opened['order_no']}/close", {}),
        "resettle": lambda: (f"/orders/{paid['order_no']}/resettle", {}),
        "reject": lambda: ("/confirmations/999999/reject", {}),
        "reject deed": lambda: ("/requests/999999/reject", {}),
        "discard": lambda: ("/queue/999999/discard", {}),
        "suspense": lambda: ("/suspense/999999/resolve", {}),
        "difference": lambda: ("/differences/999999/resolve", {}),
        "method": lambda: ("/controls/method", {"method": "MOCK", "is_off": False}),
        "backup": lambda: ("/controls/backup", {"method": "MOCK", "backup": None}),
        "order": lambda: ("/controls/order", {"methods": ""}),
        "resume": lambda: ("/controls/resume", {}),
    }


PLACES = [
    "package", "active", "grant", "deduct", "enable", "role", "refund", "give up", "confirm", "close", "resettle",
    "reject", "reject deed", "discard", "suspense", "difference", "method", "backup", "order", "resume"]


@pytest.mark.parametrize("place", PLACES)
def test_a_reason_that_is_too_long_is_refused_with_words(administrator, places, place):
    for reason in TOO_LONG:
        path, body = places[place]()
        answer = administrator.post("/api/admin" + path, {**body, "reason": reason})
        assert answer.status_code == 400, (reason[:8], len(reason), answer.text)
        assert answer.json()["error"]["code"] == "INVALID_PARAMETERS"


@pytest.mark.parametrize("place", PLACES)
def test_a_reason_at_the_limit_is_taken(administrator, places, place):
    for reason in AT_THE_LIMIT:
        path, body = places[place]()
        answer = administrator.post("/api/admin" + path, {**body, "reason": reason})
        # What is not there or over already is another answer, but never about the reason.
        assert answer.status_code in (200, 404, 409), (reason[:8], len(reason), answer.text)


def test_a_reason_is_kept_as_it_was_given(console_site, administrator):
    buyer = console_site.new_user()
    for reason in AT_THE_LIMIT:
        administrator.act(f"/users/{buyer.username}/grant", {"coins": 1, "reason": reason, "key": uuid.uuid4().hex})
    subject = f"user:{number_of(console_site, buyer.username)}"
    kept = [item["reason"] for item in administrator.read(f"/audit?action=GRANT_COINS&subject={subject}")["items"]]
    assert sorted(kept) == sorted(AT_THE_LIMIT)
    console_site.assert_ledger_holds()


@pytest.mark.parametrize("name, right", [
    (RARE * 64, 200), (FAMILY * 9, 200), (RARE * 65, 400), (FAMILY * 64, 400), ("a\0b", 400)])
def test_a_packages_name_is_as_long_as_its_column(console_site, administrator, name, right):
    body = {**PACKAGE, "name_zh": name, "name_en": name, "reason": "a trial"}
    answer = administrator.post("/api/admin/packages", body)
    assert answer.status_code == right, answer.text
    if right != 200:
        return
    number = answer.json()["data"]["id"]
    buyer = console_site.new_user()
    assert name in buyer.get("/coin").text
    order = buyer.order(package=number)
    buyer.data(buyer.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    settled(console_site, order["order_no"])
    administrator.act(f"/packages/{number}/active", {"is_active": False, "reason": "over"})


@pytest.mark.parametrize("notice, right", [(RARE * 280, 200), (FAMILY * 40, 200), (RARE * 281, 400), (FAMILY * 280, 400)])
def test_a_notice_is_as_long_as_its_column(administrator, notice, right):
    body = {"mode": "ORDERS_PAUSED", "notice_zh": notice, "notice_en": notice, "minutes": 5, "reason": RARE * 255}
    answer = administrator.post("/api/admin/controls/pause", body)
    assert answer.status_code == right, answer.text
    administrator.act("/controls/resume", {"reason": "a test has ended"})


@pytest.mark.parametrize("text", [FAMILY * 255, RARE * 255, "e" + "\u0301" * 5_000, "a\0b"])
def test_what_a_visitor_writes_is_refused_with_words(console_site, text):
    visitor, name = Client(console_site.base), "u" + uuid.uuid4().hex[:12]
    wishes = [{"username": text, "password": "a whole sentence"}, {"username": name, "password": PASSWORD + text * 2}]
    for wish in wishes:
        answer = visitor.post("/api/auth/register", wish)
        assert answer.status_code == 400, answer.text
    assert visitor.post("/api/auth/login", {"username": text, "password": PASSWORD + text}).status_code in (400, 401)
    buyer = console_site.new_user()
    answers = [
        buyer.session.put(buyer.base + "/api/auth/email", json={"email": f"{text}@example.com"}, timeout=10),
        buyer.post("/api/coin/order", {"package_id": 1, "payment_method": text}),
        buyer.get("/coin/orders", params={"q": text}), buyer.get("/api/coin/order/status/" + FAMILY),
        buyer.get("/coin", headers={"User-Agent": text.replace("\0", "").encode()}),
    ]
    assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
    assert [answer.status_code for answer in answers[:2]] == [400, 400]


def test_a_text_of_a_mebibyte_is_too_large(console_site, administrator):
    answer = administrator.post("/api/admin/controls/resume", {"reason": "x" * 2**20})
    assert answer.status_code == 413 and answer.json()["success"] is False


@pytest.mark.parametrize("arguments", [
    ("resume",), ("method", "on", "MOCK"), ("package", "disable", "1")])
def test_a_command_refuses_a_long_reason_with_words(console_site, arguments):
    done = console_site.coinpay(*arguments, "--reason", FAMILY * 255, check=False)
    assert done.returncode == 64 and "1 to 255 characters" in done.stdout + done.stderr
