"""What operators do in the console, by its API: every action has a reason, is recorded, and leaves the books right."""

import re
import time
import uuid

import pytest

from support.console import Operator, number_of, settled
from support.stack import wait_for
from support.stripe_fixtures import deliver, event, intent


@pytest.fixture(scope="module")
def operator(console_site):
    return Operator(console_site, "operator")


@pytest.fixture(scope="module")
def second(console_site):
    return Operator(console_site, "operator")


@pytest.fixture(scope="module")
def administrator(console_site):
    return Operator(console_site, "administrator")


@pytest.fixture
def buyer(console_site):
    return console_site.new_user()


def key():
    return uuid.uuid4().hex


def paid(buyer, package=1):
    order = buyer.order(package=package)
    buyer.data(buyer.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))
    return order["order_no"]


def recorded(person, action, subject):
    items = person.read(f"/audit?action={action}&subject={subject}")["items"]
    return [(item["actor"], item["reason"]) for item in items]


def refused(person, path, body, code):
    answer = person.post("/api/admin" + path, body)
    assert answer.json()["error"]["code"] == code, answer.text


def test_a_refund_in_parts_takes_coins_and_is_recorded(console_site, operator, buyer):
    number = paid(buyer)
    path = f"/orders/{number}/refund"
    body = {"amount": "3.30", "reason": "half of it", "rule": "take-back", "key": key()}
    done = operator.act(path, body)
    assert done["amount"] == 3.3 and operator.act(path, body)["refund_no"] == done["refund_no"]
    settled(console_site, number, "PARTIALLY_REFUNDED")
    refused(operator, path, {**body, "amount": "6.61", "key": key()}, "REFUND_TOO_LARGE")
    refused(operator, path, {**body, "amount": "0", "key": key()}, "INVALID_PARAMETERS")
    refused(operator, path, {**body, "reason": " ", "key": key()}, "INVALID_PARAMETERS")
    operator.act(path, {"reason": "the rest", "rule": "take-back", "key": key()})
    settled(console_site, number, "REFUNDED")
    assert buyer.balance() == 0
    actor = operator.actor
    assert recorded(operator, "REFUND", number) == [(actor, "the rest"), (actor, "half of it")]
    story = operator.read(f"/orders/{number}")
    assert [r["actor"] for r in story["refunds"]] == [actor] * 2
    console_site.assert_ledger_holds()


def test_spent_coins_stop_a_refund_unless_the_rule_says_otherwise(console_site, operator, buyer):
    number = paid(buyer)
    operator.act(f"/users/{buyer.username}/deduct", {"coins": 60, "reason": "spent", "key": key()})
    body = {"reason": "sorry", "rule": "take-back", "key": key()}
    refused(operator, f"/orders/{number}/refund", body, "COINS_SPENT")
    operator.act(f"/orders/{number}/refund", {**body, "rule": "take-back-to-zero"})
    settled(console_site, number, "REFUNDED")
    assert buyer.balance() == 0
    console_site.assert_ledger_holds()


def test_coins_are_given_once_however_often_the_form_is_sent(console_site, operator, buyer):
    body = {"coins": 25, "reason": "a prize", "key": key()}
    assert operator.act(f"/users/{buyer.username}/grant", body)["balance"] == 25
    operator.act(f"/users/{buyer.username}/grant", body)
    assert buyer.balance() == 25
    refused(operator, f"/users/{buyer.username}/deduct", {**body, "coins": 26, "key": key()}, "COINS_SPENT")
    refused(operator, "/users/nobody-here/grant", body, "USER_NOT_FOUND")
    for coins in (0, -1, 10**13):
        refused(operator, f"/users/{buyer.username}/grant", {**body, "coins": coins, "key": key()}, "INVALID_PARAMETERS")
    assert recorded(operator, "GRANT_COINS", f"user:{number_of(console_site, buyer.username)}") == [(operator.actor, "a prize")]
    console_site.assert_ledger_holds()


def test_an_open_order_is_closed_with_a_reason(console_site, operator, buyer):
    number = buyer.order()["order_no"]
    refused(operator, f"/orders/{number}/close", {"reason": ""}, "INVALID_PARAMETERS")
    operator.act(f"/orders/{number}/close", {"reason": "on the phone"})
    assert buyer.status(number)["status"] == "CANCELLED"
    refused(operator, f"/orders/{paid(buyer)}/close", {"reason": "too late"}, "CONFLICT")
    steps = operator.read(f"/orders/{number}")["history"]
    assert (operator.actor, "closed_by_operator") in [(s["actor"], s["cause"]) for s in steps]
    console_site.assert_ledger_holds()


def test_a_small_payment_is_confirmed_by_one_person_with_the_providers_answer(console_site, operator, buyer):
    number = buyer.order()["order_no"]
    body = {"out_trade_no": number, "reason": "seen in the bank", "key": key()}
    assert operator.act(f"/orders/{number}/confirm", body)["outcome"] == "SETTLED"
    assert buyer.status(number)["status"] == "PAID" and buyer.balance() == 100
    refused(operator, f"/orders/{number}/confirm", {**body, "key": key()}, "CONFLICT")
    story = operator.read(f"/orders/{number}")
    assert [(e["source"], e["outcome"]) for e in story["events"]] == [("OPERATOR", "CREDITED")]
    decided = [c for c in operator.read("/confirmations")["decided"] if c["order_no"] == number]
    assert [(c["status"], c["provider_answer"]) for c in decided] == [("APPROVED", "NOT_FOUND")]
    console_site.assert_ledger_holds()


def test_a_large_payment_needs_another_person(console_site, operator, second, administrator, buyer):
    number = buyer.order(package=3)["order_no"]
    body = {"out_trade_no": number, "reason": "a transfer", "key": key()}
    asked = operator.act(f"/orders/{number}/confirm", body)
    assert asked["outcome"] == "WAITING" and buyer.status(number)["status"] == "PENDING"
    refused(operator, f"/orders/{number}/confirm", {**body, "key": key()}, "CONFLICT")
    path = f"/confirmations/{asked['confirmation_id']}"
    refused(operator, path + "/approve", {}, "SECOND_PERSON_NEEDED")
    assert buyer.balance() == 0
    assert second.act(path + "/approve")["outcome"] == "SETTLED"
    refused(administrator, path + "/approve", {}, "CONFLICT")
    assert buyer.status(number)["status"] == "PAID" and buyer.balance() == 1400
    event_id = operator.read(f"/orders/{number}")["events"][0]["id"]
    body = administrator.read(f"/events/{event_id}")["body"]
    assert operator.actor in body and second.actor in body and "NOT_FOUND" in body
    assert recorded(administrator, "VIEW_NOTIFICATION", event_id) == [(administrator.actor, "viewed")]
    console_site.assert_ledger_holds()


def test_a_second_person_can_say_no(console_site, operator, second, buyer):
    number = buyer.order(package=3)["order_no"]
    asked = operator.act(f"/orders/{number}/confirm", {"out_trade_no": number, "reason": "x", "key": key()})
    path = f"/confirmations/{asked['confirmation_id']}"
    assert second.act(path + "/reject", {"reason": "no such transfer"})["outcome"] == "REJECTED"
    refused(second, path + "/approve", {}, "CONFLICT")
    assert buyer.balance() == 0
    console_site.assert_ledger_holds()


def test_an_event_is_settled_again_or_discarded(console_site, operator, buyer):
    number = buyer.order(method="STRIPE")["order_no"]
    pi = console_site.value(f"SELECT provider_txn_id FROM payments WHERE out_trade_no = '{number}'")
    console_site.sql("CREATE TRIGGER stop_ledger BEFORE INSERT ON ledger_entries FOR EACH ROW "
                     "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a test'")
    try:
        assert deliver(console_site.base, event(intent(pi, 149))).status_code == 200
        console_site.sql("UPDATE payment_events SET attempts = 11, next_attempt_at = NOW(6) "
                         f"WHERE provider_txn_id = '{pi}' AND kind = 'SUCCEEDED'")
        wait_for(lambda: operator.read("/queue")["parked"] == 1)
    finally:
        console_site.sql("DROP TRIGGER stop_ledger")
    parked = operator.read("/queue")["events"][0]
    assert "stopped by a test" in parked["error"]
    operator.act(f"/orders/{number}/resettle", {"reason": "the trigger is gone"})
    settled(console_site, number)
    story = operator.get(f"/admin/orders/{number}").text
    assert re.search(r"<td[^>]*>待支付\s*</td><td[^>]*>已支付\s*</td>", story)
    assert '<span class="badge credited">已入账</span>' in story
    assert buyer.balance() == 100 and operator.read("/queue")["parked"] == 0
    refused(operator, f"/queue/{parked['id']}/discard", {"reason": "late"}, "NOT_FOUND")
    console_site.assert_ledger_holds()


def test_the_provider_is_asked_and_its_answer_recorded(console_site, operator, buyer):
    number = buyer.order()["order_no"]
    asked = operator.act(f"/orders/{number}/query")
    assert asked["payments"] == [{"out_trade_no": number, "answer": "NOT_FOUND"}]
    assert asked["notice"] == f"{number} · 没有这笔付款"
    assert recorded(operator, "QUERY_ORDER", number) == [(operator.actor, "asked")]


def test_a_user_is_disabled_and_a_role_given_by_those_who_may(console_site, operator, administrator, buyer):
    path = f"/users/{buyer.username}"
    operator.act(path + "/disable", {"reason": "fraud"})
    assert buyer.get("/api/auth/me").status_code == 401
    operator.act(path + "/enable", {"reason": "a mistake"})
    refused(operator, path + "/role", {"role": "operator", "reason": "x"}, "FORBIDDEN")
    administrator.act(path + "/role", {"role": "viewer", "reason": "a new colleague"})
    refused(operator, path + "/disable", {"reason": "x"}, "FORBIDDEN")
    refused(administrator, f"/users/{administrator.username}/role", {"role": "user", "reason": "x"}, "NOT_YOURSELF")
    assert recorded(administrator, "SET_ROLE", f"user:{number_of(console_site, buyer.username)}")[0][1] == "a new colleague"
    found = operator.read(f"/users?q={buyer.username[:8]}&role=viewer")["items"]
    assert [u["username"] for u in found] == [buyer.username]


def test_a_package_is_made_edited_and_taken_off_sale(console_site, administrator, buyer):
    body = {"name_zh": "测试<b>", "name_en": "Test <b>", "coins": 10, "bonus_coins": 1, "position": 9,
            "prices": "CNY:1.00 USD:0.50", "reason": "a trial"}
    made = administrator.act("/packages", body)
    number = made["id"]
    assert made.get("notice") is None
    unsold = administrator.act(f"/packages/{number}", {**body, "prices": "USD:0.50"})["notice"]
    assert "没有此套餐的价格" in unsold and "(CNY)" in unsold and "(USD)" not in unsold
    administrator.act(f"/packages/{number}", {**body, "coins": 20, "prices": "CNY:2.00"})
    package = next(p for p in administrator.read("/packages") if p["id"] == number)
    assert package["coins"] == 20 and package["prices"] == {"CNY": 2}
    assert buyer.order(package=number)["amount"] == 2
    administrator.act(f"/packages/{number}/active", {"is_active": False, "reason": "over"})
    assert buyer.post("/api/coin/order", {"package_id": number, "payment_method": "MOCK"}).status_code == 404
    refused(administrator, "/packages", {**body, "prices": "CNY"}, "INVALID_PARAMETERS")
    refused(administrator, "/packages/999999", body, "PACKAGE_NOT_FOUND")


PACKAGE = {"name_zh": "月包", "name_en": "Month", "coins": 30, "bonus_coins": 3, "position": 9, "reason": "new"}
ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


@pytest.mark.parametrize("price, chinese, english", [
    ("USD:0.20", "最低收取 0.50 USD", "the minimum is 0.50 USD"),
    ("UGX:10.50", "UGX 没有小数", "UGX has no decimals"),
    ("KWD:1.234", "KWD 的最后一位小数必须为 0", "the last decimal has to be 0 in KWD"),
    ("XXX:5", "支付机构不收取 XXX", "providers do not charge in XXX"),
])
def test_a_price_that_providers_refuse_is_explained_in_the_readers_language(administrator, price, chinese, english):
    for headers, words in [(CHINESE, chinese), (ENGLISH, english)]:
        answer = administrator.post("/api/admin/packages", {**PACKAGE, "prices": price}, headers=headers)
        assert answer.status_code == 400 and words in answer.json()["error"]["message"]


@pytest.mark.parametrize("path, body, words", [
    ("/packages", {**PACKAGE, "prices": "CNY:1.00", "coins": 0}, "at least 1 coin"),
    ("/packages", {**PACKAGE, "prices": "CNY:1.00", "name_en": ""}, "names of 1 to 64 characters"),
    ("/packages", {**PACKAGE, "prices": "CNY:1.00 CNY:2.00"}, "one price above 0 for each currency"),
    ("/packages", {**PACKAGE, "prices": "CNY:1.00", "reason": " "}, "a reason"),
    ("/users/{user}/grant", {"coins": 0, "reason": "x", "key": "k1"}, "whole number of coins"),
    ("/orders/{order}/refund", {"amount": "3,30", "reason": "x", "rule": "leave", "key": "k2"}, "Invalid amount"),
    ("/orders/{order}/refund", {"amount": "1.234", "reason": "x", "rule": "leave", "key": "k3"}, "Invalid amount"),
    ("/controls/resume", {"reason": ""}, "a reason"),
])
def test_a_form_that_is_refused_says_what_is_wrong(administrator, buyer, path, body, words):
    path = path.format(user=buyer.username, order=paid(buyer) if "{order}" in path else "")
    answer = administrator.post("/api/admin" + path, body, headers=ENGLISH)
    assert answer.json()["error"]["code"] == "INVALID_PARAMETERS" and words in answer.json()["error"]["message"]


@pytest.mark.parametrize("query", ["x" * 129, "金" * 43, "9" * 3000, "\U0001f600" * 200])
def test_a_long_search_finds_nothing_rather_than_everything(operator, buyer, query):
    paid(buyer)
    for path in ["/orders", "/users"]:
        answer = operator.get("/api/admin" + path, params={"q": query})
        assert answer.status_code == 200 and operator.data(answer)["items"] == []
    assert operator.read("/audit?subject=" + "x" * 200)["items"] == []


def test_the_audit_log_is_searched_by_an_operators_name(operator, administrator, buyer):
    operator.act(f"/users/{buyer.username}/grant", {"coins": 1, "reason": "by name", "key": uuid.uuid4().hex})
    for actor in (operator.username, operator.actor):
        found = operator.read("/audit?actor=" + actor)["items"]
        assert found and {item["actor"] for item in found} == {operator.actor}
    assert operator.read("/audit?actor=nobody-here")["items"] == []


def test_the_console_tells_the_zone_of_its_times(operator):
    assert "Times on this page are in UTC+08:00" in operator.get("/admin/orders", headers=ENGLISH).text
    assert "页面时间的时区：UTC+08:00" in operator.get("/admin/audit", headers=CHINESE).text


def test_orders_are_found_by_every_number_and_filter(console_site, operator, buyer):
    number, other = paid(buyer), buyer.order()["order_no"]
    for query in (f"q={number}", f"q={buyer.username}&status=PAID", f"q={buyer.username}&method=MOCK&status=PAID"):
        assert [o["order_no"] for o in operator.read("/orders?" + query)["items"]] == [number], query
    assert [o["order_no"] for o in operator.read(f"/orders?q={buyer.username}")["items"]] == [other, number]
    assert operator.read("/orders?q=nothing-like-it")["items"] == []
    assert operator.read("/orders?from=2001-01-01&until=2001-01-02")["items"] == []
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    assert number in [o["order_no"] for o in operator.read(f"/orders?q={buyer.username}&from={day}&until={day}")["items"]]
    for bad in ("status=LOST", "from=yesterday", "after=x"):
        assert operator.get("/api/admin/orders?" + bad).json()["error"]["code"] == "INVALID_PARAMETERS"


def test_lists_go_on_where_they_ended(console_site, operator, buyer):
    numbers = [buyer.order()["order_no"] for _ in range(53)][::-1]
    first = operator.read(f"/orders?q={buyer.username}")
    rest = operator.read(f"/orders?q={buyer.username}&after={first['next']}")
    assert [o["order_no"] for o in first["items"] + rest["items"]] == numbers and "next" not in rest


def test_a_change_of_the_record_shows(console_site, administrator, buyer):
    administrator.act(f"/users/{buyer.username}/grant", {"coins": 1, "reason": "proof", "key": key()})
    assert administrator.read("/audit")["is_intact"]
    where = f"WHERE subject = 'user:{number_of(console_site, buyer.username)}'"
    console_site.sql(f"UPDATE operator_actions SET reason = 'forged' {where}")
    try:
        assert not administrator.read("/audit")["is_intact"]
        assert "链已被篡改" in administrator.get("/admin/audit").text
    finally:
        console_site.sql(f"UPDATE operator_actions SET reason = 'proof' {where}")


PLANTED = "<img src=x onerror=alert(1)>\"'&"


def test_markup_is_text_on_every_page(console_site, operator, administrator, buyer):
    number = buyer.order()["order_no"]
    operator.act(f"/orders/{number}/confirm", {"out_trade_no": number, "reason": PLANTED, "key": key()})
    operator.act(f"/orders/{number}/refund", {"reason": PLANTED, "rule": "leave", "key": key()})
    settled(console_site, number, "REFUNDED")
    console_site.sql(f"UPDATE payments SET cause = '{PLANTED.replace(chr(39), chr(39) * 2)}' WHERE out_trade_no = '{number}'")
    package = administrator.act("/packages", {
        "name_zh": PLANTED, "name_en": PLANTED, "coins": 1, "bonus_coins": 0, "position": 99, "prices": "CNY:1",
        "reason": PLANTED})["id"]
    event_id = operator.read(f"/orders/{number}")["events"][0]["id"]
    pages = ["/admin/orders", f"/admin/orders/{number}", "/admin/confirmations", "/admin/users", "/admin/packages",
             f"/admin/users/{buyer.username}", "/admin/queue", "/admin/audit", "/admin/settings", "/admin/security",
             f"/admin/events/{event_id}", "/admin/orders?q=" + PLANTED, "/admin/audit?subject=" + PLANTED]
    shown = 0
    for page in pages:
        answer = administrator.get(page)
        assert answer.status_code == 200, page
        assert "<img src=x" not in answer.text and "onerror=alert(1)>" not in answer.text.replace("&gt;", ""), page
        shown += "&lt;img src=x onerror=alert(1)&gt;" in answer.text
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert shown >= 6
    administrator.act(f"/packages/{package}/active", {"is_active": False, "reason": "done"})
